import { execFile, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Served, serve } from "../runtime/debug/served.ts";
import { goProgram } from "../support/go.ts";
import { pythonWithRequirements } from "../support/python.ts";

/** Every command of docs/wires.md is run as it stands there; only the address is another. */
const run = promisify(execFile);
const path = (from: string) => fileURLToPath(new URL(from, import.meta.url));
const DOCS = readFileSync(path("../../docs/wires.md"), "utf8");
const ADDRESS = "127.0.0.1:9191";
const BUF = "@bufbuild/buf@1.75.0";

const works = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;
const chromium = ["chromium", "chromium-browser", "google-chrome"].find((name) => works(name, "--version"));
const grpcurl = await goProgram("github.com/fullstorydev/grpcurl/cmd/grpcurl", "v1.9.4");
const hasCurl = works("curl", "--version");
const hasGo = works("go", "version");

/** Page of another origin that runs what it is given. */
let page = "";
let pages: Server;
let served: Served;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wires-docs-"));
  pages = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end(page));
  await new Promise<void>((resolve) => pages.listen(0, "127.0.0.1", resolve));
  const cors = { origins: [pageUrl()] };
  served = await serve({ files: ["greeter/greeter.proto"], cors });
});
afterAll(async () => {
  await served?.stop();
  pages?.close();
  await grpcurl.remove();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

const pageUrl = () => `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;

/** The blocks of code under a heading of the page. */
function blocksOf(heading: string): string[] {
  const begin = DOCS.indexOf(`\n### ${heading}\n`);
  expect(begin, `docs/wires.md has a section ${heading}`).toBeGreaterThan(0);
  const section = DOCS.slice(begin + 5).split(/\n##+ /, 1)[0] as string;
  return [...section.matchAll(/^```[a-z]*\n([\s\S]*?)^```$/gm)].map(([, code]) => code as string);
}
/** With the address of the service that runs. */
const here = (code: string) => code.replaceAll(ADDRESS, served.address);
/** The words of a command line: quotes keep words together, nothing else has a meaning. */
const words = (line: string) =>
  [...here(line).matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ""));
const commandsOf = (heading: string) =>
  blocksOf(heading)
    .flatMap((code) => code.split("\n"))
    .filter((line) => line !== "");

async function said(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(program, args, { cwd: folder, timeout: 120_000 });
  return stdout.replace(/\s/g, "");
}

describe.skipIf(!hasCurl)(`curl${hasCurl ? "" : " (skipped: there is no curl)"}`, () => {
  test.each(commandsOf("curl"))("%s", async (line) => {
    const [program, ...args] = words(line);
    expect(program).toBe("curl");
    expect(await said("curl", ["--silent", "--show-error", ...args])).toBe('{"msg":"HelloAda"}');
  });
});

describe.skipIf(grpcurl.path === undefined)(grpcurl.name, () => {
  test.each(commandsOf("grpcurl"))("%s", async (line) => {
    expect(await said(grpcurl.path as string, words(line).slice(1))).toBe('{"msg":"HelloAda"}');
  });
});

describe(`buf curl, ${BUF}`, () => {
  let buf: string;
  beforeAll(async () => {
    const tools = await mkdtemp(join(folder, "buf-"));
    await run("npm", ["install", "--prefix", tools, "--no-save", "--no-audit", "--ignore-scripts", BUF]);
    buf = join(tools, "node_modules", ".bin", "buf");
  });

  test.each(commandsOf("buf curl"))("%s", async (line) => {
    expect(await said(buf, words(line).slice(1))).toBe('{"msg":"HelloAda"}');
  });
});

describe.skipIf(chromium === undefined)(
  `a browser${chromium === undefined ? " (skipped: there is no Chromium)" : ""}`,
  () => {
    test("fetch, from a page of another origin", async () => {
      const [code] = blocksOf("A browser");
      page = `<!doctype html><body><script type="module">
console.log = (text) => { document.body.textContent = "[" + text + "]"; };
${here(code as string)}
</script></body>`;
      const options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
      const waiting = ["--virtual-time-budget=10000", "--dump-dom"];
      const profile = `--user-data-dir=${await mkdtemp(join(folder, "chromium-"))}`;
      expect(await said(chromium as string, [...options, ...waiting, profile, pageUrl()])).toContain(
        "[HelloAda]",
      );
    });
  },
);

describe("Python", () => {
  const [plain, stubs] = blocksOf("Python");
  const protoc = /`python -m (grpc_tools\.protoc [^`]+)`/.exec(DOCS)?.[1] as string;

  test("its own library", async () => {
    expect(await said("python3", ["-c", here(plain as string)])).toBe("HelloAda");
  });

  test(`grpcio, after python -m ${protoc}`, async () => {
    const python = await pythonWithRequirements(path("grpc-suite/python"));
    mkdirSync(join(folder, "proto"));
    cpSync(path("../fixtures/greeter/greeter.proto"), join(folder, "proto/greeter.proto"));
    await said(python, ["-m", ...words(protoc)]);
    await writeFile(join(folder, "call.py"), here(stubs as string));
    expect(await said(python, ["call.py"])).toBe("HelloAda");
  });
});

describe.skipIf(!hasGo)(`Go${hasGo ? "" : " (skipped: there is no go)"}`, () => {
  test("its own library", async () => {
    const [call] = blocksOf("Go");
    const program = `package main

import ("fmt"; "io"; "net/http"; "strings")

func main() {
	${here(call as string)}
	if err != nil { panic(err) }
	body, _ := io.ReadAll(answer.Body)
	fmt.Print(string(body))
}
`;
    await writeFile(join(folder, "main.go"), program);
    expect(await said("go", ["run", "main.go"])).toBe('{"msg":"HelloAda"}');
  });
});
