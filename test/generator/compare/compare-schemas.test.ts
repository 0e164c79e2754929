import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadDescriptorSet, loadSchema } from "../../../src/generator/check/index.ts";
import { compareSchemas, describeChange } from "../../../src/generator/compare/index.ts";
import type { Schema } from "../../../src/generator/schema/index.ts";
import { type ChangeCase, changeCases } from "./change-cases.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "compare-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function schemaOf(name: string, texts: ChangeCase["before"]): Promise<Schema> {
  const files = typeof texts === "string" ? { "a.proto": texts } : texts;
  const cwd = join(folder, name);
  await mkdir(cwd);
  for (const [file, text] of Object.entries(files)) await writeFile(join(cwd, file), text);
  return loadSchema({ files: Object.keys(files), cwd });
}

async function compare(before: ChangeCase["before"], after: ChangeCase["after"]) {
  return compareSchemas(await schemaOf("before", before), await schemaOf("after", after));
}

const shown = ({ kind, rule, name }: { kind: string; rule: string; name: string }) =>
  `${kind} ${rule} ${name}`;

describe("changes", () => {
  test.each(changeCases)("$title", async ({ before, after, finds }) => {
    const changes = await compare(before, after);
    expect(changes.map(shown).sort()).toEqual([...finds].sort());
    for (const change of changes) {
      expect(change.position.file).toMatch(/^[ab]\.proto$/);
      if (change.kind !== "safe") expect(change.consequence).toMatch(/^[A-Z].*\.$/);
      if (change.remedy !== undefined) expect(change.remedy).toMatch(/^[A-Z].*\.$/);
      expect(change.what).not.toMatch(/\.$|undefined/);
    }
  });

  test("found from the snapshot as from the texts", async () => {
    for (const { before, after, finds } of changeCases) {
      const old = await schemaOf("before", before);
      const snapshot = await loadDescriptorSet({ descriptorSet: old.descriptorSet });
      const changes = compareSchemas(snapshot, await schemaOf("after", after));
      expect(changes.map(shown).sort()).toEqual([...finds].sort());
      await rm(folder, { recursive: true });
      await mkdir(folder);
    }
  });
});

test("a change says what it does, to whom, and what to do", async () => {
  const before = 'syntax = "proto3"; package shop; message Order { string id = 1; int32 age = 3; }';
  const after = 'syntax = "proto3";\npackage shop;\nmessage Order { string id = 1; }';
  const [change] = await compare(before, after);
  expect(change?.position).toEqual({ file: "a.proto", line: 3, column: 9 });
  expect(describeChange(change!)).toBe(
    'Field 3 "age" of shop.Order is gone. A new field could take its number, and would be given the old one\'s values. Reserve 3 and "age".',
  );
});

test("what is unwise though nobody breaks has a consequence", async () => {
  const before = 'syntax = "proto2"; enum E { A = 0; } message M { oneof o { int32 a = 1; } }';
  const after =
    'syntax = "proto2"; enum E { A = 0; B = 1; } message M { oneof o { int32 a = 1; int32 b = 2; } }';
  expect((await compare(before, after)).map(describeChange)).toEqual([
    'Value "B" (1) of E is new. The enum is closed, so old peers that are sent it see the field as not set.',
    'Field 2 "b" of M is new. Old peers that are sent it see nothing set in oneof "o".',
  ]);
});

test("thousands of fields and ranges are compared in no time", async () => {
  const message = (from: number) =>
    `syntax = "proto3"; message M { ${Array.from({ length: 15_000 }, (_, i) => `int32 f${i} = ${20_000 + 2 * i + from};`).join(" ")} }`;
  const changes = await compare(message(0), message(1));
  expect(changes.filter(({ rule }) => rule === "field-deleted")).toHaveLength(15_000);
});
