import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkHostileSchemas } from "../generator/hostile/judge-output.ts";
import { runMicroGen } from "./schema-limits.ts";

test("thousands of hostile schemas become code, and none of it is theirs", async () => {
  expect(await checkHostileSchemas(2000)).toBeGreaterThan(700);
});

/** Lines of a file that declares `count` things, and what micro-gen makes of it: code, or the rule that is broken. */
const large: Record<string, { text: string; says: RegExp }> = {
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
  async function folderWith(files: Record<string, string>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "schema-limits-"));
    folders.push(folder);
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(folder, name), `syntax = "proto3";\npackage p;\n${text}\n`);
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

  test.each(Object.entries(large))("%s", async (_, { text, says }) => {
    await check(await folderWith({ "a.proto": text }), says);
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

  test("files that import each other in a circle", async () => {
    const folder = await folderWith({ "a.proto": 'import "b.proto";', "b.proto": 'import "a.proto";' });
    await check(folder, /import-cycle/);
  });
});
