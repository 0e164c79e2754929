import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  createFileRegistry,
  type DescExtension,
  fromBinary,
  getExtension as readTheirs,
  setExtension as setTheirs,
  toBinary,
  toJsonString,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { beforeAll, describe, expect, test } from "vitest";
import { generate, loadSchema } from "../../../src/generator/index.ts";
import { FileDescriptorSet } from "../../../src/runtime/protobuf/descriptor.ts";
import {
  clearExtension,
  DecodeError,
  getExtension,
  hasExtension,
  JsonError,
  setExtension,
  typeRegistry,
} from "../../../src/runtime/protobuf/index.ts";
import {
  Base,
  class$,
  flag,
  howOften,
  Level,
  level,
  Member_member,
  Nothing,
  OldSet,
  Part_innerParts,
  packedList,
  pair,
  roles,
  rule,
  self,
  texts,
} from "../../fixtures/extensions/expected/extensions.ts";

const folder = fileURLToPath(new URL("../../fixtures/extensions", import.meta.url));
let descriptorSet: Uint8Array;
let theirs: ReturnType<typeof createFileRegistry>;

beforeAll(async () => {
  descriptorSet = (await loadSchema({ files: ["extensions.proto"], cwd: folder })).descriptorSet;
  theirs = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptorSet));
});

function extended(): Base {
  const base = Base.create({ name: "b" });
  setExtension(base, howOften, -3);
  setExtension(base, packedList, [1n, -2n]);
  setExtension(base, texts, ["a", "ü"]);
  setExtension(base, pair, { a: new Uint8Array([1, 2]) });
  setExtension(base, level, Level.HIGH);
  const inner = Base.create();
  setExtension(inner, howOften, 8);
  setExtension(base, self, inner);
  setExtension(base, Part_innerParts, [{ n: 1 }, {}]);
  setExtension(base, class$, "k");
  return base;
}

const all = typeRegistry(howOften, packedList, texts, pair, level, self, Part_innerParts, class$, flag);

describe("an extension", () => {
  test("is absent until it is set, and again when it is cleared", () => {
    const base = Base.create();
    expect(hasExtension(base, howOften)).toBe(false);
    expect(getExtension(base, howOften)).toBeUndefined();
    expect(getExtension(base, texts)).toEqual([]);
    setExtension(base, howOften, 0);
    setExtension(base, texts, ["x"]);
    expect(hasExtension(base, howOften)).toBe(true);
    expect(getExtension(base, howOften)).toBe(0);
    clearExtension(base, howOften);
    setExtension(base, texts, []);
    expect(hasExtension(base, howOften)).toBe(false);
    expect(base).toEqual(Base.create());
  });

  test("of every type comes back from bytes as it was set", () => {
    const read = Base.decode(Base.encode(extended()));
    expect(getExtension(read, howOften)).toBe(-3);
    expect(getExtension(read, packedList)).toEqual([1n, -2n]);
    expect(getExtension(read, texts)).toEqual(["a", "ü"]);
    expect(getExtension(read, pair)).toEqual({ a: new Uint8Array([1, 2]) });
    expect(getExtension(read, level)).toBe(Level.HIGH);
    expect(getExtension(read, Part_innerParts)).toEqual([{ n: 1 }, {}]);
    const inner = getExtension(read, self);
    expect(inner && getExtension(inner, howOften)).toBe(8);
  });

  test("is what protobuf-es reads and writes", () => {
    const base = theirs.getMessage("test.extensions.Base");
    if (base === undefined) throw new Error("no Base");
    const read = fromBinary(base, Base.encode(extended()));
    const one = (name: string): DescExtension => {
      const found = theirs.getExtension(`test.extensions.${name}`);
      if (found === undefined) throw new Error(`no ${name}`);
      return found;
    };
    expect(readTheirs(read, one("how_often"))).toBe(-3);
    expect(readTheirs(read, one("packed_list"))).toEqual([1n, -2n]);
    setTheirs(read, one("class"), "theirs");
    expect(getExtension(Base.decode(toBinary(base, read)), class$)).toBe("theirs");
  });

  test("that is set twice leaves the others and one record of its own", () => {
    const base = extended();
    setExtension(base, howOften, 1);
    const bytes = base.$unknown?.length;
    setExtension(base, howOften, 2);
    expect(base.$unknown?.length).toBe(bytes);
    expect(getExtension(base, texts)).toEqual(["a", "ü"]);
  });

  test("of a message type is merged when its bytes come in parts", () => {
    const [one, two] = [Base.create(), Base.create()];
    setExtension(one, pair, { a: new Uint8Array([1]) });
    setExtension(two, pair, {});
    const both = Base.decode(Buffer.concat([Base.encode(one), Base.encode(two)]));
    expect(getExtension(both, pair)).toEqual({ a: new Uint8Array([1]) });
  });

  test("does not change a message that shares the unknown fields", () => {
    const base = Base.decode(Base.encode(extended()));
    const copy = { ...base };
    setExtension(copy, howOften, 99);
    setExtension(base, texts, ["other"]);
    expect(getExtension(base, howOften)).toBe(-3);
    expect(getExtension(copy, howOften)).toBe(99);
    expect(getExtension(copy, texts)).toEqual(["a", "ü"]);
  });

  test("whose bytes are no such value is refused when it is read, not before", () => {
    const wrongType = Base.decode(new Uint8Array([0xca, 0x06, 0x01, 0xff])); // level as bytes
    expect(getExtension(wrongType, level)).toBeUndefined();
    expect(() => getExtension({ $unknown: new Uint8Array([0xc3, 0x06]) }, pair)).toThrow(DecodeError);
  });

  test("takes values of its type only", () => {
    expect(() => setExtension(Base.create(), howOften, 1.5)).toThrow(RangeError);
    // @ts-expect-error: a list of texts it should be
    expect(() => setExtension(Base.create(), texts, [1])).toThrow();
  });
});

describe("a message set", () => {
  test("holds its members as items", () => {
    const set = OldSet.create();
    setExtension(set, Member_member, { text: "hi" });
    const bytes = OldSet.encode(set);
    const item = "0b" + "10" + "90b3fc01" + "1a04" + "0a026869" + "0c";
    expect(Buffer.from(bytes).toString("hex")).toBe(item);
    expect(getExtension(OldSet.decode(bytes), Member_member)).toEqual({ text: "hi" });
    expect(OldSet.toJson(set, { types: typeRegistry(Member_member) })).toEqual({
      "[test.extensions.Member.member]": { text: "hi" },
    });
    clearExtension(set, Member_member);
    expect(OldSet.encode(set)).toHaveLength(0);
  });
});

describe("in JSON", () => {
  test("an extension stands under its full name in brackets, both ways", () => {
    const text = Base.toJsonString(extended(), { types: all });
    expect(JSON.parse(text)).toEqual({
      name: "b",
      "[test.extensions.how_often]": -3,
      "[test.extensions.packed_list]": ["1", "-2"],
      "[test.extensions.texts]": ["a", "ü"],
      "[test.extensions.pair]": { a: "AQI=" },
      "[test.extensions.level]": "LEVEL_HIGH",
      "[test.extensions.self]": { "[test.extensions.how_often]": 8 },
      "[test.extensions.Part.inner_parts]": [{ n: 1 }, {}],
      "[test.extensions.class]": "k",
    });
    expect(Base.encode(Base.fromJsonString(text, { types: all }))).toEqual(Base.encode(extended()));
    const base = theirs.getMessage("test.extensions.Base");
    if (base === undefined) throw new Error("no Base");
    expect(
      JSON.parse(toJsonString(base, fromBinary(base, Base.encode(extended())), { registry: theirs })),
    ).toEqual(JSON.parse(text));
  });

  test("a message of extensions only has no field of its own to begin with", () => {
    const nothing = Nothing.create();
    setExtension(nothing, flag, true);
    expect(Nothing.toJsonString(nothing, { types: all })).toBe('{"[test.extensions.flag]":true}');
    expect(Nothing.fromJson({ "[test.extensions.flag]": true }, { types: all })).toEqual(nothing);
    expect(Nothing.fromJson({ "[test.extensions.flag]": null }, { types: all })).toEqual({});
  });

  test("an extension that the registry does not have is left out, and no field when read", () => {
    expect(Base.toJsonString(extended())).toBe('{"name":"b"}');
    const json = { "[test.extensions.how_often]": 1 };
    expect(() => Base.fromJson(json)).toThrow("[test.extensions.how_often]: no such field");
    expect(Base.fromJson(json, { ignoreUnknownFields: true })).toEqual(Base.create());
    const otherMessages = { "[test.extensions.flag]": true };
    expect(() => Base.fromJson(otherMessages, { types: all })).toThrow(JsonError);
  });

  test("a mistake in an extension is told with its place", () => {
    const json = { "[test.extensions.self]": { "[test.extensions.packed_list]": ["1", "x"] } };
    expect(() => Base.fromJson(json, { types: all })).toThrow(
      "[test.extensions.self][test.extensions.packed_list][1]: ",
    );
  });

  test("extensions nested without end are refused, not followed", () => {
    let base = Base.create();
    for (let i = 0; i < 5000; i++) {
      const outer = Base.create();
      setExtension(outer, self, base);
      base = outer;
    }
    const read = Base.decode(Base.encode(base));
    expect(() => Base.toJsonString(read, { types: all })).toThrow("nested deeper than 100 levels");
  });
});

describe("a custom option", () => {
  test("is read from the descriptors in schema.binpb", () => {
    const { file } = FileDescriptorSet.decode(descriptorSet);
    const own = file.find(({ name }) => name === "extensions.proto");
    const account = own?.messageType.find(({ name }) => name === "Account");
    expect(getExtension(account?.field[0]?.options ?? {}, rule)).toEqual({ maxLength: 40 });
    expect(getExtension(own?.service[0]?.method[0]?.options ?? {}, roles)).toEqual(["admin", "clerk"]);
  });

  test("costs the message modules no import of descriptors", () => {
    const fixtures = join(folder, "..");
    // The schema in well-known has a descriptor as the type of a field.
    const modules = readdirSync(fixtures, { recursive: true, encoding: "utf8" }).filter((path) =>
      /^(?!well-known).*expected.*\.ts$/.test(path),
    );
    expect(modules.length).toBeGreaterThan(20);
    for (const path of modules) {
      const text = readFileSync(join(fixtures, path), "utf8");
      expect(text.match(/^import(?! type)[^;]*"[^"]*(?:descriptor|binpb)"/gm)).toBeNull();
    }
  });
});

test("a file with extensions only has code of its own", async () => {
  const schema = await loadSchema({ files: ["only_extensions.proto"], cwd: join(folder, "more") });
  expect(generate(schema).map(({ path }) => path)).toEqual([
    "base.codec.ts",
    "base.ts",
    "only_extensions.codec.ts",
    "only_extensions.ts",
    "schema.binpb",
  ]);
});
