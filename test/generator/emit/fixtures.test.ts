import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { SLACK } from "../../../src/generator/emit/codec/codec-writer.ts";
import { generate, loadSchema, SCHEMA_FILE } from "../../../src/generator/index.ts";
import { SLACK as RUNTIME_SLACK } from "../../../src/runtime/protobuf/binary/room.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const fixtures = join(root, "test/fixtures");
const names = ["everything", "extensions", "greeter", "int64", "names", "odd-files", "proto2", "well-known"];

const protosOf = (name: string): string[] =>
  readdirSync(join(fixtures, name)).filter((file) => file.endsWith(".proto"));

async function emitFixture(name: string, files = protosOf(name)): Promise<Map<string, string | Uint8Array>> {
  const schema = await loadSchema({ files, cwd: join(fixtures, name) });
  return new Map(generate(schema).map((file) => [file.path, file.content]));
}

describe("generated code is what the fixtures expect", () => {
  test.each(names)("%s", async (name) => {
    const emitted = await emitFixture(name);
    expect(emitted.get(SCHEMA_FILE)).toBeInstanceOf(Uint8Array);
    emitted.delete(SCHEMA_FILE);
    const folder = join(fixtures, name, "expected");
    const expected = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
    expect([...emitted.keys()].sort()).toEqual(expected.sort());
    for (const [path, content] of emitted) expect(content).toBe(readFileSync(join(folder, path), "utf8"));
  });
});

test("the order of the inputs does not change a byte", async () => {
  const once = await emitFixture("odd-files", ["empty.proto", "no_package.proto", "only_service.proto"]);
  const again = await emitFixture("odd-files", ["only_service.proto", "no_package.proto", "empty.proto"]);
  expect([...again]).toEqual([...once]);
});

test("imports end in .js when the project asks for it", async () => {
  const schema = await loadSchema({ files: ["greeter.proto"], cwd: join(fixtures, "greeter") });
  const files = generate(schema, { importExtension: "js" });
  const service = files.find((file) => file.path === "greeter.service.ts")?.content;
  expect(service).toContain('from "./greeter.js"');
  expect(service).not.toContain('.ts"');
});

test("schemas that the runtime has are imported, all others generated", async () => {
  const emitted = await emitFixture("well-known");
  expect([...emitted.keys()]).toEqual([
    "schema.binpb",
    "well_known.codec.ts",
    "well_known.service.ts",
    "well_known.ts",
  ]);
});

test("generated code compiles under the strictest flags", { timeout: 60_000 }, async () => {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  expect(await outputOf(tsc, ["-p", fixtures])).toBe("");
});

test("generated code passes our linter, and types and services our formatter", {
  timeout: 60_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), "fixtures-"));
  try {
    for (const name of names)
      await cp(join(fixtures, name, "expected"), join(folder, "code", name), { recursive: true });
    const { formatter, linter } = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
    const config = {
      formatter: { ...formatter, includes: ["**", "!**/*.codec.ts"] },
      linter,
    };
    await writeFile(join(folder, "biome.json"), JSON.stringify(config));
    const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
    expect(await outputOf(biome, ["check", "--config-path", folder, join(folder, "code")])).toBe("");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("generator and runtime agree on the room that helpers leave free", () => {
  expect(SLACK).toBe(RUNTIME_SLACK);
});

/** What a failing command printed; empty when it did not fail. */
function outputOf(program: string, args: string[]): Promise<string> {
  return promisify(execFile)(process.execPath, [program, ...args], { cwd: root }).then(
    () => "",
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
}
