import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadSchema } from "../../../src/generator/check/index.ts";
import { SchemaError } from "../../../src/generator/schema/index.ts";
import * as compilerCases from "./compiler-cases.ts";
import * as schemaCases from "./schema-cases.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "schema-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function complaints(proto: schemaCases.SchemaCase["proto"]): Promise<string[]> {
  const files = typeof proto === "string" ? { "a.proto": proto } : proto;
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  try {
    await loadSchema({ files: ["a.proto"], cwd: folder });
    return [];
  } catch (error) {
    if (error instanceof SchemaError) return error.message.split("\n");
    throw error;
  }
}

for (const [name, table] of Object.entries({ ...schemaCases, ...compilerCases })) {
  describe(name, () => {
    test.each(table)("$title", async ({ proto, says }) => {
      expect(await complaints(proto)).toEqual(says);
    });
  });
}
