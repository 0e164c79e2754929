import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

const root = new URL("../../../", import.meta.url);
const page = readFileSync(new URL("docs/build-tools.md", root), "utf8");

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "build-tools-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs the page's program beside a `proto` folder, with our build as the package. */
async function runExample(): Promise<{ stdout: string; stderr: string }> {
  const example = /```ts\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const program = example.replace(
    '"create-micro-service"',
    JSON.stringify(new URL("dist/index.js", root).href),
  );
  expect(program).not.toBe(example);
  await writeFile(join(folder, "example.mjs"), program);
  return promisify(execFile)(process.execPath, ["example.mjs"], { cwd: folder });
}

test("the program of the page generates code", async () => {
  await cp(fileURLToPath(new URL("test/fixtures/greeter", root)), join(folder, "proto"), { recursive: true });
  const { stdout } = await runExample();
  expect(stdout.trim().split("\n")).toEqual([
    "greeter.codec.ts true",
    "greeter.service.ts true",
    "greeter.ts true",
    "schema.binpb true",
  ]);
});

test("the program of the page tells what is wrong with a schema", async () => {
  await cp(fileURLToPath(new URL("test/fixtures/greeter", root)), join(folder, "proto"), { recursive: true });
  await writeFile(join(folder, "proto/greeter.proto"), 'syntax = "proto3";\nmessage A { B b = 1; }\n');
  const { stderr } = await runExample();
  expect(stderr).toMatch(/^greeter\.proto:2:13 .*\(unresolved-type\)$/m);
});
