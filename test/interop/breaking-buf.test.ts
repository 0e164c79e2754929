import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadSchema } from "../../src/generator/check/index.ts";
import { type ChangeKind, changeKinds, compareSchemas } from "../../src/generator/compare/index.ts";
import { type ChangeCase, changeCases } from "../generator/compare/change-cases.ts";

const run = promisify(execFile);
const bufVersion = "1.75.0";

/** What buf's categories are to us. A rule is of the first one that it is in. */
const kindOf: readonly (readonly [category: string, kind: ChangeKind])[] = [
  ["WIRE", "wire"],
  ["WIRE_JSON", "json"],
  ["PACKAGE", "source"],
  ["FILE", "source"],
];

let root: string;
let buf: string;
/** buf's rules -> the kind of change each is about. */
const rules = new Map<string, ChangeKind>();
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "breaking-buf-"));
  const tools = join(root, "tools");
  await run("npm", [
    "install",
    "--prefix",
    tools,
    "--no-save",
    "--ignore-scripts",
    `@bufbuild/buf@${bufVersion}`,
  ]);
  buf = join(tools, "node_modules", ".bin", "buf");
  const list = await run(buf, ["config", "ls-breaking-rules", "--version", "v2", "--format", "json"]);
  for (const line of list.stdout.trim().split("\n")) {
    const { id, categories } = JSON.parse(line) as { id: string; categories: readonly string[] };
    const found = kindOf.find(([category]) => categories.includes(category));
    if (found !== undefined) rules.set(id, found[1]);
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

interface Complaint {
  readonly type: string;
  readonly message: string;
}

/** What buf says about a change, in all of its categories. Needs google/api only where the schema imports it. */
async function askBuf(
  name: string,
  { before, after }: Pick<ChangeCase, "before" | "after">,
): Promise<Complaint[]> {
  const folder = join(root, name);
  for (const [part, texts] of Object.entries({ before, after })) {
    const files = typeof texts === "string" ? { "a.proto": texts } : texts;
    await mkdir(join(folder, part), { recursive: true });
    const use = kindOf.map(([category]) => category).join(", ");
    await writeFile(join(folder, part, "buf.yaml"), `version: v2\nbreaking:\n  use: [${use}]\n`);
    for (const [file, text] of Object.entries(files)) await writeFile(join(folder, part, file), text);
    if (JSON.stringify(files).includes("google/api")) await writeGoogleApi(join(folder, part));
  }
  try {
    await run(buf, ["breaking", "--against", "../before", "--error-format", "json"], {
      cwd: join(folder, "after"),
    });
    return [];
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    expect(stderr).toBe("");
    return stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Complaint);
  }
}

async function writeGoogleApi(folder: string): Promise<void> {
  await mkdir(join(folder, "google", "api"), { recursive: true });
  const http = `syntax = "proto3"; package google.api; message HttpRule { oneof pattern { string get = 2; } repeated HttpRule additional_bindings = 11; }`;
  const annotations = `syntax = "proto3"; package google.api; import "google/api/http.proto"; import "google/protobuf/descriptor.proto"; extend google.protobuf.MethodOptions { HttpRule http = 72295728; }`;
  await writeFile(join(folder, "google", "api", "http.proto"), http);
  await writeFile(join(folder, "google", "api", "annotations.proto"), annotations);
}

async function ours(name: string, file: (change: { name: string }) => boolean = () => true) {
  const load = async (part: string) => {
    const cwd = join(root, name, part);
    const { stdout } = await run(buf, ["ls-files"], { cwd });
    return loadSchema({ files: stdout.trim().split("\n"), cwd });
  };
  return compareSchemas(await load("before"), await load("after")).filter(file);
}

function worst(kinds: readonly ChangeKind[]): ChangeKind {
  return changeKinds.find((kind) => kinds.includes(kind)) ?? "safe";
}

const worstOf = (complaints: readonly Complaint[]) =>
  worst(complaints.map(({ type }) => rules.get(type) ?? "wire"));

describe("buf judges as we do", () => {
  test.each(changeCases.map((one, index) => ({ ...one, index })))(
    "$title",
    async ({ index, finds, buf: unlike, ...change }) => {
      const complaints = await askBuf(`case-${index}`, change);
      const expected = unlike?.kind ?? worst(finds.map((line) => line.split(" ")[0] as ChangeKind));
      expect({ kind: worstOf(complaints), complaints }).toMatchObject({ kind: expected });
    },
  );

  test("every rule of buf is broken by a case, or about what we judge as one", async () => {
    const broken = new Set<string>();
    for (const [index, change] of changeCases.entries())
      for (const { type } of await askBuf(`case-${index}`, change)) broken.add(type);
    expect([...rules.keys()].filter((rule) => !broken.has(rule))).toEqual([]);
  });
});

/** A schema with one field per pair of forms, so that buf judges all of them in one run. */
describe("every form of a field into every other", () => {
  const scalars =
    "double float int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 bool string bytes".split(
      " ",
    );
  const types = [...scalars, "E", "O.E", "F", "M", "O"];
  const labels: Readonly<Record<string, (type: string, number: number) => string>> = {
    implicit: (type, n) =>
      type === "M" ? `M f${n} = ${n};` : `${type} f${n} = ${n} [features.field_presence = IMPLICIT];`,
    explicit: (type, n) => `${type} f${n} = ${n};`,
    required: (type, n) => `${type} f${n} = ${n} [features.field_presence = LEGACY_REQUIRED];`,
    repeated: (type, n) => `repeated ${type} f${n} = ${n};`,
    map: (type, n) => `map<string, ${type}> f${n} = ${n};`,
    oneof: (type, n) => `oneof o${n} { ${type} f${n} = ${n}; }`,
  };
  const simple = (type: string, n: number) => `${type} f${n} = ${n};`;
  const pairs = [
    ...types.flatMap((a) =>
      types.map((b) => [(n: number) => simple(a, n), (n: number) => simple(b, n)] as const),
    ),
    ...["int32", "string", "M"].flatMap((type) =>
      Object.values(labels).flatMap((a) =>
        Object.values(labels).map((b) => [(n: number) => a(type, n), (n: number) => b(type, n)] as const),
      ),
    ),
  ];
  // No two types are alike but E and O.E: to buf types by other names are others, whatever they hold.
  const schema = (side: 0 | 1) => `edition = "2023"; message M { int32 a = 1; }
enum E { A = 0; B = 1; } enum F { FA = 0; FZ = 9; } message O { string a = 1; enum E { A = 0; B = 1; C = 2; } }
message T { ${pairs.map((pair, index) => pair[side](index + 1)).join("\n")} }`;

  test(`${pairs.length} pairs`, async () => {
    const complaints = await askBuf("matrix", { before: schema(0), after: schema(1) });
    const changes = await ours("matrix", ({ name }) => name.startsWith("T.f"));
    const differences: string[] = [];
    for (const [index, pair] of pairs.entries()) {
      const number = index + 1;
      const mine = worst(changes.filter(({ name }) => name === `T.f${number}`).map(({ kind }) => kind));
      // A map's hidden message has fields and complaints of its own; in its place ours speaks of the map.
      const about = new RegExp(
        `[Ff]ield "${number}"(?: with name "f${number}")? on message "T"|on field "f${number}"|message "T.F${number}Entry"`,
      );
      const theirs = worstOf(
        complaints.filter(({ message, type }) => about.test(message) && !/_NO_DELETE/.test(type)),
      );
      if (mine !== theirs)
        differences.push(`${pair[0](number)} -> ${pair[1](number)} ours ${mine}, buf ${theirs}`);
    }
    expect(differences).toEqual([]);
  });
});
