import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generate, loadSchema } from "../../../src/generator/index.ts";

test.each([
  // As somebody writes it, and as protoc has it in descriptors.
  ["1234.1234", "1234.1234"],
  ["1234.12341", "1234.1234"],
  ["6.022140857e+23", "6.022141e+23"],
  ["6.022141e+23", "6.022141e+23"],
  ["-0.1", "-0.1"],
  ["inf", "Infinity"],
  ["nan", "NaN"],
])("the default %s of a float is told as %s", async (written, told) => {
  const cwd = await mkdtemp(join(tmpdir(), "float-default-"));
  try {
    const text = `syntax = "proto2"; message M { optional float f = 1 [default = ${written}]; }`;
    await writeFile(join(cwd, "a.proto"), text);
    const files = generate(await loadSchema({ files: ["a.proto"], cwd }));
    expect(files.find(({ path }) => path === "a.ts")?.content).toContain(`/** Default: ${told}. */`);
  } finally {
    await rm(cwd, { recursive: true });
  }
});
