import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkHostileSchemas } from "../generator/hostile/judge-output.ts";
import { runMicroGen } from "./schema-limits.ts";

test("thousands of hostile schemas become code, and none of it is theirs", async () => {
  expect(await checkHostileSchemas(2000)).toBeGreaterThan(700);
});

/** Of a field; 19000 to 19999 are not for us. */
const number = (i: number) => (i < 19_000 ? i : i + 1000);

/** One of 3^10 names that are all `aBCDEFGHIJK` in TypeScript. */
function sameName(i: number): string {
  const digits = i.toString(3).padStart(10, "0");
  const spell = (letter: string, digit = "") =>
    digit === "0" ? `_${letter}` : digit === "1" ? `_${letter.toUpperCase()}` : letter.toUpperCase();
  return `a${[..."bcdefghijk"].map((letter, index) => spell(letter, digits[index])).join("")}`;
}

/** An option of a file, of a message type `O` with the given body. */
const withOption = (body: string, option: string) =>
  `import "google/protobuf/descriptor.proto";\nmessage O {\n${body}}\n` +
  `extend google.protobuf.FileOptions { optional O o = 50000; }\n${option}`;

/** Lines of a file that declares `count` things, and what micro-gen makes of it: code, or the rule that is broken. */
const large: Record<string, { text: string; says: RegExp; head?: string }> = {
  "29,000 optional fields": {
    text: `message M {\n${lines(29_000, (i) => `optional int32 f${i} = ${number(i)};`)}}`,
    says: /created/,
  },
  "14,000 oneofs": {
    text: `message M {\n${lines(14_000, (i) => `oneof o${i} { int32 f${i} = ${i}; }`)}}`,
    says: /created/,
  },
  "a oneof of 29,000 fields": {
    text: `message M { oneof o {\n${lines(29_000, (i) => `int32 f${i} = ${number(i)};`)}} }`,
    says: /created/,
  },
  "18,000 unknown types in a package of 100 parts": {
    head: `syntax = "proto3";\npackage ${"a.".repeat(99)}a;`,
    text: `message M {\n${lines(18_000, (i) => `${i % 2 === 0 ? "a." : ""}T${i} f${i} = ${i};`)}}`,
    says: /unresolved-type/,
  },
  "120 long names that are nearly one of 20,000": {
    text:
      lines(16_000, (i) => `message ${"Abcdefghij".repeat(17)}${i} {}`) +
      `message M {\n${lines(120, (i) => `${"Abcdefghiz".repeat(17)}q${i} f${i} = ${i};`)}}`,
    says: /unresolved-type/,
  },
  "600,000 reserved numbers": {
    text: `message M { reserved ${Array.from({ length: 600_000 }, (_, i) => number(i * 3 + 1)).join(", ")}; }`,
    says: /created/,
  },
  "29,000 fields with comments on one line of 10 MB": {
    head: `syntax = "proto3"; package p;`,
    text: `message M { ${lines(29_000, (i) => `int32 f${i} = ${number(i)}; /*a*/ /*b*/`).replaceAll("\n", " ")} } // ${"x".repeat(8_000_000)}`,
    says: /created/,
  },
  "a million keywords in the wrong place, on one line": {
    text: `message M { ${"message ".repeat(1_200_000)}`,
    says: /syntax/,
  },
  "14,000 fields of one name in TypeScript": {
    head: `syntax = "proto2"; package p;`,
    text: `message M { option deprecated_legacy_json_field_conflicts = true;\n${lines(14_000, (i) => `optional int32 ${sameName(i)} = ${i};`)}}`,
    says: /created/,
  },
  "14,000 defaults from an enum of 14,000 values": {
    head: `syntax = "proto2"; package p;`,
    text: `enum E {\n${lines(14_000, (i) => `V${i} = ${i};`)}}\nmessage M {\n${lines(14_000, (i) => `optional E f${i} = ${i} [default = V${14_001 - i}];`)}}`,
    says: /created/,
  },
  "an option that sets 9,000 oneofs": {
    head: `syntax = "proto2"; package p;`,
    text: withOption(
      lines(9000, (i) => `oneof o${i} { int32 f${i} = ${i}; }`),
      `option (o) = {\n${lines(9000, (i) => `f${i}: ${i}`)}};`,
    ),
    says: /created/,
  },
  "18,000 statements that set one option": {
    head: `syntax = "proto2"; package p;`,
    text: withOption(
      lines(18_000, (i) => `optional int32 f${i} = ${i};`),
      lines(18_000, (i) => `option (o).f${i} = ${i};`),
    ),
    says: /created/,
  },
  "14,000 extensions that are declared": {
    head: `syntax = "proto2"; package p;`,
    text:
      `message M { extensions 20000 to 40000 [\n${lines(14_000, (i) => `declaration = { number: ${i + 20_000} full_name: ".p.e${i}" type: "int32" },`)}` +
      `verification = DECLARATION]; }\nextend M {\n${lines(14_000, (i) => `optional int32 e${i} = ${i + 20_000};`)}}`,
    says: /created/,
  },
  "14,000 ranges with 14,000 declarations each": {
    head: `syntax = "proto2"; package p;`,
    text: `message M { extensions ${Array.from({ length: 14_000 }, (_, i) => 20_000 + i * 2).join(", ")} [\n${lines(14_000, (i) => `declaration = { number: ${i * 2 + 20_000} full_name: ".p.e${i}" type: "int32" },`)} verification = DECLARATION]; }`,
    says: /split the statement/,
  },
  "names of 9 MB": {
    text: lines(9000, (i) => `message ${"A".repeat(980)}${i} { int32 a = 1; }`),
    says: /too-many-members/,
  },
  "three million comments": { text: "//\n".repeat(3_300_000), says: /words and signs/ },
  "100,000 fields in a message": {
    text: `message M {\n${lines(100_000, (i) => `int32 f${i} = ${i < 19_000 ? i : i + 1000};`)}}`,
    says: /too-many-members/,
  },
  "100,000 values in an enum": {
    text: `enum E {\n${lines(100_000, (i) => `V${i} = ${i - 1};`)}}`,
    says: /too-many-members/,
  },
  "25,000 fields in 250 messages": {
    text: lines(250, (i) => `message M${i} {\n${lines(100, (j) => `int32 f${j} = ${j};`)}}`),
    says: /created/,
  },
  "5,000 messages in a circle": {
    text: lines(5000, (i) => `message M${i} { M${(i % 5000) + 1} next = 1; }`),
    says: /created/,
  },
  "messages in messages, 1000 deep": {
    text: "message A {".repeat(1000) + "}".repeat(1000),
    says: /nested deeper/,
  },
  "10 MB of comment": { text: `// ${"x".repeat(10_485_000)}\nmessage M {}`, says: /created/ },
  "more than 10 MB": { text: `// ${"x".repeat(10_485_800)}\nmessage M {}`, says: /larger than 10 MB/ },
  "10 MB of semicolons": { text: ";".repeat(10_485_000), says: /words and signs/ },
  "18,000 unknown types": {
    text: `message M {\n${lines(18_000, (i) => `Foo${i} f${i} = ${i};`)}}`,
    says: /unresolved-type/,
  },
};

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `${line(index + 1)}\n`).join("");
}

describe("a result or a clear error, in 5 s of CPU and 512 MiB, comes of", () => {
  const folders: string[] = [];
  afterAll(async () => {
    for (const folder of folders) await rm(folder, { recursive: true });
  });
  async function folderWith(
    files: Record<string, string>,
    head = `syntax = "proto3";\npackage p;`,
  ): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "schema-limits-"));
    folders.push(folder);
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(folder, name), `${head}\n${text}\n`);
    }
    return folder;
  }
  async function check(folder: string, says: RegExp): Promise<void> {
    const { stderr, cpuSeconds, peakMiB } = await runMicroGen(folder, "a.proto");
    expect(stderr).toMatch(says);
    expect(stderr).not.toContain("unexpected error");
    expect(cpuSeconds).toBeLessThan(5);
    expect(peakMiB).toBeLessThan(512);
  }

  test.each(Object.entries(large))("%s", async (_, { text, says, head }) => {
    await check(await folderWith({ "a.proto": text }, head), says);
  });

  test("a chain of 10,000 imports", async () => {
    const folder = await folderWith(
      Object.fromEntries(
        Array.from({ length: 10_000 }, (_, i) => [
          i === 0 ? "a.proto" : `f${i}.proto`,
          i === 9999 ? "" : `import "f${i + 1}.proto";`,
        ]),
      ),
    );
    await check(folder, /too-many-imports/);
    expect(await readdir(folder)).not.toContain("src");
  });

  test("a file with 10,000 imports", async () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `f${i}.proto`);
    const folder = await folderWith({
      ...Object.fromEntries(names.map((name) => [name, ""])),
      "a.proto": names.map((name) => `import "${name}";`).join("\n"),
    });
    await check(folder, /too-many-imports/);
  });

  test("a chain of 4,900 public imports", async () => {
    const folder = await folderWith(
      Object.fromEntries(
        Array.from({ length: 4900 }, (_, i) => [
          i === 0 ? "a.proto" : `f${i}.proto`,
          i === 4899
            ? "message Last { }"
            : `import public "f${i + 1}.proto";\nmessage M${i} { Last last = 1; }`,
        ]),
      ),
    );
    await check(folder, /created/);
  });

  test("files that import each other in a circle", async () => {
    const folder = await folderWith({ "a.proto": 'import "b.proto";', "b.proto": 'import "a.proto";' });
    await check(folder, /import-cycle/);
  });
});
