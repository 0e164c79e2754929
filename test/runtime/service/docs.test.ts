import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { DEFAULTS } from "../../../src/runtime/service/defaults.ts";
import { SETTINGS } from "../../../src/runtime/service/settings-table.ts";

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const page = read("docs/configuration.md");
/** Rows of the table under a heading, as cells. */
const rowsUnder = (heading: string) =>
  (page.split(`## ${heading}\n`)[1] ?? "")
    .split("\n## ")[0]!
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
const codes = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]!);

test("when there is a flag then the page lists it, and the other way round", () => {
  const listed = rowsUnder("Flags").map(([flag = ""]) => codes(flag)[0]);
  expect(listed.sort()).toEqual(SETTINGS.map(({ flag }) => `--${flag}`).sort());
});

test("when the page says which option changes a limit then that option is there", () => {
  const optionsOf: Readonly<Record<string, string>> = {
    createService: "service/service.ts",
    createServer: "server/create-server.ts",
    createClient: "client/client-options.ts",
    createTcpTransport: "transport/tcp.ts",
    createHttpBroker: "broker/http/create-http-broker.ts",
  };
  const limits = (page.split("## Limits\n")[1] ?? "").split("\n## ")[0] ?? "";
  const named = [...limits.matchAll(/\| (`\w+`) of (`.*`) \|$/gm)].map(([, option = "", makers = ""]) => ({
    option: codes(option)[0] as string,
    makers: codes(makers),
  }));
  expect(named.length).toBeGreaterThan(4);
  for (const { option, makers } of named) {
    for (const maker of makers) {
      expect(read(`src/runtime/${optionsOf[maker]}`), maker).toContain(`readonly ${option}?:`);
    }
  }
});

test("when an example is on the page then it is understood", () => {
  for (const [flag = "", , , example = ""] of rowsUnder("Flags")) {
    const setting = SETTINGS.find((one) => `--${one.flag}` === codes(flag)[0]);
    const value = codes(example)[0] ?? "";
    expect(() => setting?.read([value], flag), `${flag} ${value}`).not.toThrow();
  }
});

test.each(Object.entries(DEFAULTS))("when there is a name for --%s then the page lists it", (kind, table) => {
  const row = rowsUnder("Names").find(([flag = ""]) => codes(flag)[0] === `--${kind}`);
  const names = codes(row?.[1] ?? "").filter((name, index, all) => all.indexOf(name) === index);
  expect(names.sort()).toEqual(Object.keys(table).sort());
  expect(row?.[1]).toMatch(new RegExp(`^\`${Object.keys(table)[0]}\` \\(default\\)`));
});

test.each(["registry", "broker"] as const)("when there is a folder in %s/ then it has a name", (kind) => {
  const room = fileURLToPath(new URL(`../../../src/runtime/${kind}/`, import.meta.url));
  const plugins = readdirSync(room, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(`${room}/${entry.name}/index.ts`))
    .map((entry) => entry.name);
  expect(Object.keys(DEFAULTS[kind])).toEqual(expect.arrayContaining(["memory", ...plugins]));
  const { exports } = JSON.parse(read("src/runtime/package.json")) as { exports: Record<string, unknown> };
  expect(Object.keys(exports)).toEqual(expect.arrayContaining(plugins.map((name) => `./${kind}/${name}`)));
});
