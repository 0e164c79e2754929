import { readdirSync, readFileSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import protobuf from "protobufjs";
import "protobufjs/ext/descriptor.js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadSchema } from "../../../src/generator/check/index.ts";
import { isBundled } from "../../../src/generator/schema/bundled.ts";
import type { Field, Message, Schema } from "../../../src/generator/schema/index.ts";
import { SchemaError } from "../../../src/generator/schema/index.ts";

const require = createRequire(import.meta.url);
const kitchen = fileURLToPath(new URL("../../fixtures/kitchen/", import.meta.url));
const kitchenFiles = [
  "shop/common/money.proto",
  "shop/common/page.proto",
  "shop/empty.proto",
  "shop/kitchen.proto",
  "shop/legacy.proto",
  "shop/modern.proto",
  "shop/names.proto",
  "shop/no_package.proto",
];
const load = () => loadSchema({ files: kitchenFiles, includePaths: [kitchen] });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "schema-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function loadText(proto: string): Promise<Schema> {
  await write({ "a.proto": proto });
  return loadSchema({ files: ["a.proto"], cwd: folder });
}

async function errorOf(promise: Promise<Schema>): Promise<string[]> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SchemaError);
  return (error as SchemaError).message.split("\n");
}

function message(schema: Schema, name: string): Message {
  const found = schema.messages.get(name);
  if (found === undefined) throw new Error(`no message ${name}`);
  return found;
}

function field(schema: Schema, name: string): Field {
  const dot = name.lastIndexOf(".");
  const found = message(schema, name.slice(0, dot)).fields.find((one) => one.name === name.slice(dot + 1));
  if (found === undefined) throw new Error(`no field ${name}`);
  return found;
}

/** Bytes of each file of a FileDescriptorSet, by the file's name. */
function filesOf(bytes: Uint8Array): Map<string, string> {
  const files = new Map<string, string>();
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    reader.uint32();
    const file = reader.bytes();
    const inner = protobuf.Reader.create(file);
    inner.uint32();
    files.set(inner.string(), Buffer.from(file).toString("hex"));
  }
  return files;
}

describe("the descriptor set", () => {
  test("is, byte for byte, what protoc writes", async () => {
    // protoc 35.1 -I. -I<googleapis> --descriptor_set_out=kitchen.protoc.binpb <all files of the fixture>
    const recorded = filesOf(readFileSync(new URL("kitchen.protoc.binpb", import.meta.url)));
    const ours = filesOf((await load()).descriptorSet);
    for (const [path, bytes] of recorded) expect(ours.get(path), path).toBe(bytes);
    expect([...recorded.keys()].sort()).toEqual(kitchenFiles);
  });

  test("lists a file after everything it imports", async () => {
    const schema = await load();
    const order = [...filesOf(schema.descriptorSet).keys()];
    expect(order.toSorted()).toEqual(schema.files.map((file) => file.path));
    for (const file of schema.files) {
      for (const { path } of file.imports) expect(order.indexOf(path)).toBeLessThan(order.indexOf(file.path));
    }
  });

  test("can be read by protobufjs", async () => {
    const { descriptorSet } = await load();
    const root = protobuf.Root.fromDescriptor(descriptorSet, { keepCase: true });
    expect(root.lookupType("shop.Kitchen").fields.a_sint64?.id).toBe(8);
  });
});

describe("another reader", () => {
  test("protobufjs sees the same fields, numbers, types and presence", async () => {
    const root = new protobuf.Root();
    root.resolvePath = (_, path) =>
      join(path.startsWith("google/") ? dirname(require.resolve("protobufjs/package.json")) : kitchen, path);
    root.loadSync(kitchenFiles, { keepCase: true }).resolveAll();
    const schema = await load();
    const ours = [...schema.messages.values()].filter(({ file }) => file.startsWith("shop/"));
    expect(ours.length).toBeGreaterThan(20);
    for (const { fullName, fields } of ours) {
      const type = root.lookupType(fullName);
      // protobufjs loses a field of that name.
      const expected = fields.filter(({ name }) => name !== "__proto__");
      expect(expected.map(summary), fullName).toEqual(reflected(type).map(reflectedSummary));
    }
  });

  const summary = (one: Field) =>
    [one.number, one.name, one.jsonName, one.cardinality, typeText(one), one.oneof, hasPresence(one)].join(
      " ",
    );
  const typeText = ({ type }: Field) => (type.kind === "scalar" ? type.scalar : type.typeName);
  const hasPresence = (one: Field) => one.presence !== "implicit" && one.cardinality === "singular";

  /** It also puts extensions among the fields of what they extend. */
  const reflected = (type: protobuf.Type) => type.fieldsArray.filter((one) => one.declaringField === null);

  function reflectedSummary(one: protobuf.Field): string {
    const cardinality = one.map ? "map" : one.repeated ? "repeated" : "singular";
    const type = one.resolvedType === null ? one.type : one.resolvedType.fullName.slice(1);
    const oneof = one.options?.proto3_optional ? undefined : one.partOf?.name;
    // It leaves it to the caller that a message can always be absent.
    const isAbsent =
      one.hasPresence || (one.resolvedType instanceof protobuf.Type && cardinality === "singular");
    return [one.id, one.name, one.jsonName, cardinality, type, oneof, Boolean(isAbsent)].join(" ");
  }
});

describe("the same schema", () => {
  test("comes out whatever the order of the files", async () => {
    const reversed = await loadSchema({ files: [...kitchenFiles].reverse(), includePaths: [kitchen] });
    expect(reversed).toEqual(await load());
  });

  test("comes out of another folder, and of paths on disk", async () => {
    await cp(kitchen, join(folder, "elsewhere/protos"), { recursive: true });
    const moved = await loadSchema({
      files: kitchenFiles.map((path) => `protos/${path}`),
      includePaths: ["protos"],
      cwd: join(folder, "elsewhere"),
    });
    expect(moved).toEqual(await load());
  });
});

describe("a field", () => {
  test("has the presence that its syntax, label, oneof or feature gives it", async () => {
    const schema = await load();
    const presence = (name: string) => field(schema, name).presence;
    expect(presence("shop.Kitchen.a_string")).toBe("implicit");
    expect(presence("shop.Kitchen.maybe")).toBe("explicit");
    expect(presence("shop.Kitchen.email")).toBe("explicit");
    expect(presence("shop.Kitchen.created")).toBe("explicit");
    expect(presence("shop.Kitchen.tags")).toBe("implicit");
    expect(presence("shop.legacy.Old.id")).toBe("required");
    expect(presence("shop.legacy.Old.count")).toBe("explicit");
    expect(presence("shop.modern.Modern.plain")).toBe("implicit");
    expect(presence("shop.modern.Modern.tracked")).toBe("explicit");
  });

  test("is packed by default in proto3 and editions, on demand in proto2", async () => {
    const schema = await load();
    const packed = (name: string) => field(schema, name).packed;
    expect(packed("shop.Kitchen.numbers")).toBe(true);
    expect(packed("shop.Kitchen.colours")).toBe(true);
    expect(packed("shop.Kitchen.unpacked")).toBe(false);
    expect(packed("shop.Kitchen.tags")).toBe(false);
    expect(packed("shop.Kitchen.a_double")).toBe(false);
    expect(packed("shop.legacy.Old.packed")).toBe(true);
    expect(packed("shop.legacy.Old.expanded")).toBe(false);
    expect(packed("shop.modern.Modern.packed")).toBe(true);
    expect(packed("shop.modern.Modern.expanded")).toBe(false);
  });

  test("of a group or with message_encoding = DELIMITED is delimited", async () => {
    const schema = await load();
    expect(field(schema, "shop.legacy.Old.entry").type).toEqual({
      kind: "message",
      typeName: "shop.legacy.Old.Entry",
      delimited: true,
    });
    expect(field(schema, "shop.modern.Modern.part").type).toMatchObject({ delimited: true });
    expect(field(schema, "shop.Kitchen.inner").type).toMatchObject({ delimited: false });
  });

  test("may have a name that every JavaScript object has", async () => {
    const names = message(await load(), "shop.class.Names").fields;
    expect(names.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["constructor", "__proto__", "toString", "class", "hasOwnProperty"]),
    );
    expect(names.find(({ name }) => name === "__proto__")).toMatchObject({ number: 2, jsonName: "Proto" });
  });

  test("has protoc's JSON name unless it says another one", async () => {
    const names = message(await load(), "shop.class.Names").fields;
    expect(names.slice(8, 14).map(({ jsonName }) => jsonName)).toEqual([
      "snakeCaseName",
      "camelCaseName",
      "Leading",
      "withTwo",
      "digit1",
      'the-explicit"name',
    ]);
  });

  test("keeps its default as text, number, truth or name", async () => {
    const old = message(await load(), "shop.legacy.Old").fields;
    expect(Object.fromEntries(old.map(({ name, defaultValue }) => [name, defaultValue]))).toMatchObject({
      id: undefined,
      count: -5,
      text: 'say "hi"\n',
      ratio: Number.POSITIVE_INFINITY,
      flag: true,
      grade: "GRADE_B",
      large: "18446744073709551615",
      raw: "\u0001\u00ff",
    });
  });

  test("of a map has the types of key and value", async () => {
    const seen = field(await load(), "shop.Kitchen.seen");
    expect(seen).toMatchObject({ cardinality: "map", mapKey: "string" });
    expect(seen.type).toMatchObject({ kind: "message", typeName: "google.protobuf.Timestamp" });
  });

  test("of a proto3 optional belongs to no oneof, others to theirs", async () => {
    const schema = await load();
    expect(field(schema, "shop.Kitchen.maybe").oneof).toBeUndefined();
    expect(message(schema, "shop.Kitchen").oneofs.map(({ name, fields }) => [name, fields.length])).toEqual([
      ["choice", 7],
      ["single", 1],
    ]);
  });

  test("of type string checks UTF-8, except in proto2 and where a feature says no", async () => {
    const schema = await load();
    expect(field(schema, "shop.Kitchen.a_string").verifyUtf8).toBe(true);
    expect(field(schema, "shop.legacy.Old.text").verifyUtf8).toBe(false);
    expect(field(schema, "shop.modern.Modern.unchecked").verifyUtf8).toBe(false);
  });

  test("of a map with string keys checks their UTF-8, whatever the values are", async () => {
    const schema = await load();
    expect(field(schema, "shop.Kitchen.seen").verifyUtf8).toBe(true);
  });
});

describe("an enum", () => {
  test("is closed in proto2 and by feature, and may have negative values", async () => {
    const { enums } = await load();
    expect(enums.get("shop.legacy.Grade")?.open).toBe(false);
    expect(enums.get("shop.modern.Closed")?.open).toBe(false);
    expect(enums.get("shop.Size")?.open).toBe(true);
    const temperatures = enums.get("shop.common.Temperature")?.values.map(({ number }) => number);
    expect(temperatures).toEqual([0, 40, -18, -2147483648]);
  });
});

describe("a service", () => {
  test("knows its streams, idempotency, deprecation and HTTP bindings", async () => {
    const service = (await load()).files.find(({ path }) => path === "shop/kitchen.proto")?.services[0];
    expect(service?.methods.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "Get unary",
      "Put unary",
      "List serverStream",
      "Fill clientStream",
      "Sort bidiStream",
      "Remove unary",
      "toString unary",
      "constructor unary",
      "class unary",
    ]);
    const [get, put] = service?.methods ?? [];
    expect(get?.http).toEqual([
      { method: "GET", path: "/v1/drawers/{label}" },
      { method: "GET", path: "/v1/drawer/{label}" },
      { method: "POST", path: "/v1/drawers:find", body: "*" },
    ]);
    expect([get?.idempotency, put?.idempotency]).toEqual(["noSideEffects", "idempotent"]);
    expect(service?.methods.find(({ name }) => name === "Remove")?.deprecated).toBe(true);
  });
});

describe("a comment", () => {
  test("comes without its marks, from above or from behind", async () => {
    const schema = await load();
    const comment = (name: string) => field(schema, name).comment;
    expect(comment("shop.Kitchen.a_double")).toBe("scalars");
    expect(comment("shop.Kitchen.a_float")).toBeUndefined();
    expect(comment("shop.Kitchen.a_string")).toBe("behind the field");
    expect(comment("shop.Kitchen.some_bytes")).toBeUndefined();
    expect(comment("shop.Kitchen.maybe")).toBe("A block comment.");
    expect(comment("shop.Kitchen.tags")).toBe("A comment\n  in several lines.");
    expect(message(schema, "shop.Kitchen").comment).toBe(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the comment of the fixture says so
      "Everything a field can be.\n\nEnds a comment early: */ and `${process.exit(1)}` is not a template. \\u002a/ neither.",
    );
  });

  test("at the top of a file is the file's when a blank line follows", async () => {
    const files = new Map((await load()).files.map((file) => [file.path, file.leadingComment]));
    expect(files.get("shop/kitchen.proto")).toMatch(/^Copyright of nobody/);
    expect(files.get("shop/legacy.proto")).toBeUndefined();
  });

  test.each([
    ["/** One line. */ message M {}", "One line."],
    ["/// Three slashes.\n/// Again.\nmessage M {}", "Three slashes.\nAgain."],
    ["// Detached.\n\nmessage M {}", undefined],
    ["// Detached.\n\n// Attached.\nmessage M {}", "Attached."],
    ["// Line.\n/* Block. */\nmessage M {}", "Block."],
    ["message M { // Behind the brace.\n}", "Behind the brace."],
    ["message N {} // About N.\nmessage M {}", undefined],
    ["/*\r\n * Windows.\r\n */\r\nmessage M {}", "Windows."],
    ["/*\n\n  Indented,\n  no stars.\n*/\nmessage M {}", "Indented,\nno stars."],
  ])("is read from %j", async (text, comment) => {
    const schema = await loadText(`syntax = "proto3";\n\n${text}\n`);
    expect(message(schema, "M").comment).toBe(comment);
  });
});

describe("a position", () => {
  test("names file, line and column of the name", async () => {
    const schema = await loadText(
      'syntax = "proto3";\r\nmessage M {\r\n  oneof o { string ä = 1; }\r\n}\r\n'.replace("ä", "a"),
    );
    expect(message(schema, "M").position).toEqual({ file: "a.proto", line: 2, column: 9 });
    expect(field(schema, "M.a").position).toEqual({ file: "a.proto", line: 3, column: 20 });
    expect(message(schema, "M").oneofs[0]?.position).toEqual({ file: "a.proto", line: 3, column: 9 });
  });
});

describe("options", () => {
  test("are plain data, custom ones under their full name", async () => {
    const schema = await loadText(`syntax = "proto3";
package p;
import "google/protobuf/descriptor.proto";
enum Level { LOW = 0; HIGH = 1; }
message Rule { string name = 1; repeated int64 big = 2; map<string, Level> levels = 3; Rule inner = 4; bytes __proto__ = 5; }
extend google.protobuf.MessageOptions { Rule rule = 50001; repeated string tag = 50002; }
message M {
  option deprecated = true;
  option (rule) = { name: "a" 'b', big: [1, 9223372036854775807] levels { key: "x" value: HIGH } __proto__: "p" };
  option (p.rule).inner.name = "deep";
  option (tag) = "one";
  option (.p.tag) = "two";
}
`);
    const { options, deprecated } = message(schema, "p.M");
    expect(deprecated).toBe(true);
    expect(JSON.parse(JSON.stringify(options))).toEqual(
      JSON.parse(`{
        "deprecated": true,
        "(p.rule)": {
          "name": "ab",
          "big": [1, "9223372036854775807"],
          "levels": { "x": "HIGH" },
          "__proto__": "p",
          "inner": { "name": "deep" }
        },
        "(p.tag)": ["one", "two"]
      }`),
    );
  });
});

describe("extensions", () => {
  test("stand where they are declared, and know whom they extend", async () => {
    const schema = await loadText(`syntax = "proto2";
package p;
message Wide {
  extensions 100 to max;
  // A scope, no more.
  extend Wide { repeated sint32 inner = 100 [packed = true]; }
}
extend Wide { optional group Pair = 101 { optional bytes a = 1; } }
extend p.Wide { optional Wide self = 102 [deprecated = true]; }
`);
    expect([...schema.extensions.keys()]).toEqual(["p.pair", "p.self", "p.Wide.inner"]);
    expect(schema.files[0]?.extensions.map(({ fullName }) => fullName)).toEqual(["p.pair", "p.self"]);
    expect(message(schema, "p.Wide").extensions[0]).toBe(schema.extensions.get("p.Wide.inner"));
    expect(schema.extensions.get("p.Wide.inner")).toMatchObject({
      file: "a.proto",
      parent: "p.Wide",
      extendee: "p.Wide",
      number: 100,
      jsonName: "[p.Wide.inner]",
      cardinality: "repeated",
      packed: true,
    });
    expect(schema.extensions.get("p.pair")?.type).toEqual({
      kind: "message",
      typeName: "p.Pair",
      delimited: true,
    });
    expect(schema.extensions.get("p.self")).toMatchObject({
      parent: undefined,
      presence: "explicit",
      deprecated: true,
      comment: undefined,
    });
  });
});

describe("a hostile text", () => {
  const size = 200_000;

  test.each([
    ["closing braces", "}".repeat(size), 50],
    ["control characters", "\u0001".repeat(size), 50],
    ["quotes of another kind", "“".repeat(size), 50],
    ["marks of merge conflicts", "\n=======".repeat(size), 50],
    ["letters of another script", "é ".repeat(size), 50],
    ["a package of a million parts", `package ${"a.".repeat(size)}a;`, 1],
    ["a long name", `message ${"a".repeat(size)} {}`, 1],
    ["a long number", `message M { int32 a = 1${"0".repeat(size)}; }`, 1],
    ["a deep option", `option (a) = ${"{ a: ".repeat(size)}`, 1],
    ["deep messages", "message A {".repeat(size), 32],
    ["a long import", `import "${"a/".repeat(size)}b.proto";`, 1],
    ["ten thousand mistakes", `message M { ${"reserved 1 to max; int32 a = 1;".repeat(5000)} }`, 19_997],
  ])("of %s costs little and says little", async (_, text, count) => {
    const lines = await errorOf(loadText(`syntax = "proto3";\n${text}`));
    expect(lines).toHaveLength(count);
    for (const line of lines) expect(line.length).toBeLessThan(1200);
  });
});

describe("files", () => {
  test("come sorted, with where they are from", async () => {
    const schema = await loadSchema({ files: ["shop/kitchen.proto"], includePaths: [kitchen] });
    expect(schema.files.map(({ path, origin }) => `${path} ${origin}`)).toEqual([
      "google/api/annotations.proto bundled",
      "google/api/http.proto bundled",
      "google/protobuf/any.proto bundled",
      "google/protobuf/descriptor.proto bundled",
      "google/protobuf/duration.proto bundled",
      "google/protobuf/empty.proto bundled",
      "google/protobuf/field_mask.proto bundled",
      "google/protobuf/struct.proto bundled",
      "google/protobuf/timestamp.proto bundled",
      "google/protobuf/wrappers.proto bundled",
      "shop/common/money.proto import",
      "shop/common/page.proto import",
      "shop/kitchen.proto asked",
      "shop/names.proto import",
    ]);
  });

  test("that come with the tool can all be imported", async () => {
    const library = dirname(require.resolve("protobufjs/package.json"));
    const onDisk = readdirSync(join(library, "google"), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".proto"))
      .map((path) => `google/${path.replaceAll("\\", "/")}`);
    const inCode = Object.keys(protobuf.common).filter((path) => path.endsWith(".proto"));
    const paths = [...inCode, ...onDisk].filter(isBundled).sort();
    expect(paths).toHaveLength(14);
    const imports = paths.map((path) => `import "${path}";`).join("\n");
    await write({ "a.proto": `syntax = "proto3";\n${imports}` });
    const { files } = await loadSchema({ files: ["a.proto"], cwd: folder });
    expect(files.map(({ path }) => path)).toEqual(["a.proto", ...paths].sort());
  });

  test("on the include path win over bundled ones", async () => {
    await write({
      "google/protobuf/empty.proto":
        'syntax = "proto3"; package google.protobuf; message Empty { int32 own = 1; }',
      "a.proto": 'syntax = "proto3"; import "google/protobuf/empty.proto";',
    });
    const schema = await loadSchema({ files: ["a.proto"], cwd: folder });
    expect(field(schema, "google.protobuf.Empty.own").number).toBe(1);
  });

  test("are looked up in the include paths in order", async () => {
    await write({
      "one/x.proto": 'syntax = "proto3"; message One {}',
      "two/x.proto": 'syntax = "proto3"; message Two {}',
      "three/a.proto": 'syntax = "proto3"; import "x.proto";',
    });
    const schema = await loadSchema({
      files: ["three/a.proto"],
      includePaths: ["three", "two", "one"],
      cwd: folder,
    });
    expect([...schema.messages.keys()]).toEqual(["Two"]);
  });

  test("that are asked for but missing, or outside of the include paths, are told", async () => {
    await write({ "in/a.proto": "", "out/b.proto": "" });
    expect(
      await errorOf(loadSchema({ files: ["c.proto", "out/b.proto"], includePaths: ["in"], cwd: folder })),
    ).toEqual([
      "c.proto:1:1 There is no such file below in; check the spelling. (file-not-found)",
      "out/b.proto:1:1 This file is not below an include path (in); add its folder as one. (file-not-found)",
    ]);
  });

  test("are found although another include path does not exist", async () => {
    await write({ "in/a.proto": 'syntax = "proto3";' });
    const schema = await loadSchema({ files: ["in/a.proto"], includePaths: ["nowhere", "in"], cwd: folder });
    expect(schema.files.map(({ path }) => path)).toEqual(["a.proto"]);
  });

  test("that are not text, or too large, are told", async () => {
    await write({ "a.proto": 'import "b.proto";\nimport "c.proto";' });
    await writeFile(join(folder, "b.proto"), Buffer.from([0xff, 0xfe, 0x00]));
    await writeFile(join(folder, "c.proto"), Buffer.alloc(10 * 1024 * 1024 + 1, 0x20));
    expect(await errorOf(loadSchema({ files: ["a.proto"], cwd: folder }))).toEqual([
      "a.proto:1:8 The file is not UTF-8 text; save it as UTF-8. (not-text)",
      "a.proto:2:8 The file is larger than 10 MB; split it. (file-too-large)",
    ]);
  });

  test("of google that nobody brings are told how to get", async () => {
    await write({ "a.proto": 'syntax = "proto3";\nimport "google/type/money.proto";\n' });
    expect(await errorOf(loadSchema({ files: ["a.proto"], cwd: folder }))).toEqual([
      'a.proto:2:8 There is no file "google/type/money.proto" below .; it does not come with the tool, so copy it from its project below an include path. (unresolved-import)',
    ]);
  });

  test("outside of the include paths are never read", async () => {
    await write({
      "secret.proto": "message Secret {",
      "in/a.proto": 'import "../secret.proto";\nimport "/etc/hosts";',
    });
    expect(await errorOf(loadSchema({ files: ["in/a.proto"], includePaths: ["in"], cwd: folder }))).toEqual([
      'a.proto:1:8 "../secret.proto" must not hold "..", "." or "//"; write the path below an include path. (import-path)',
      'a.proto:2:8 "/etc/hosts" is absolute; write the path below an include path. (import-path)',
    ]);
  });

  test("reached through a linked folder keep their import path", async () => {
    await write({ "real/a.proto": 'syntax = "proto3"; message M {}' });
    await symlink(join(folder, "real"), join(folder, "linked"));
    const schema = await loadSchema({ files: ["linked/a.proto"], includePaths: ["real"], cwd: folder });
    expect(schema.files.map(({ path }) => path)).toEqual(["a.proto"]);
  });

  test("with mistakes are all told of, in order", async () => {
    await write({
      "b.proto": 'syntax = "proto3";\nmessage B {\n  int32 x = 1\n}\n',
      "a.proto":
        'syntax = "proto3";\nimport "b.proto";\nmessage M { Fo a = 0; int32 b = 0; }\nmessage Foo {}\nmessage N {\n',
    });
    const lines = await errorOf(loadSchema({ files: ["b.proto", "a.proto"], cwd: folder }));
    expect(lines.map((line) => line.replace(/^(\S+) .*\((.*)\)$/, "$1 $2"))).toEqual([
      "a.proto:3:13 unresolved-type",
      "a.proto:3:20 number-range",
      "a.proto:3:33 number-range",
      "a.proto:3:33 duplicate-number",
      "a.proto:5:11 syntax",
      "b.proto:3:14 syntax",
    ]);
  });
});
