import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ExitCode } from "../../../src/generator/commands/exit-codes.ts";
import { runMicroGen } from "./micro-gen-in-process.ts";

const page = (name: string) => readFileSync(new URL(`../../../docs/${name}`, import.meta.url), "utf8");

test("the page about exit codes lists the ones the code has", () => {
  const rows = [...page("exit-codes.md").matchAll(/^\| (\d+) \| `(\w+)` \|/gm)];
  expect(Object.fromEntries(rows.map(([, code, name]) => [name, Number(code)]))).toEqual(ExitCode);
});

test("the page about micro-gen lists the options its help has", async () => {
  const options = (text: string) => [...new Set(text.match(/--[a-z][a-z-]+/g))].sort();
  const { stdout } = await runMicroGen("/", ["--help"]);
  const table = page("micro-gen.md").split("## Options")[1]?.split("## JSON")[0] ?? "";
  const rows = table
    .split("\n")
    .flatMap((line) => /^\| (`.*?) \| /.exec(line.replaceAll("\\|", ","))?.[1] ?? []);
  expect(options(rows.join("\n"))).toEqual(options(stdout.split("Examples:")[0] ?? ""));
});

test("the exit codes that the help names are the ones the code has", async () => {
  const { stdout } = await runMicroGen("/", ["--help"]);
  const named = stdout.split("Exit codes:")[1]?.match(/\d+/g)?.map(Number) ?? [];
  expect(named.length).toBeGreaterThan(3);
  expect(Object.values(ExitCode)).toEqual(expect.arrayContaining(named));
});
