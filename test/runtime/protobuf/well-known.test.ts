import { describe, expect, test } from "vitest";
import { FileDescriptorSet } from "../../../src/runtime/protobuf/descriptor.ts";
import {
  Any,
  anyIs,
  anyPack,
  anyUnpack,
  anyUnpackWith,
  Duration,
  durationFromMs,
  durationToMs,
  FieldMask,
  JsonError,
  type JsonValue,
  ListValue,
  Struct,
  structFromObject,
  structToObject,
  Timestamp,
  timestampFromDate,
  timestampFromMs,
  timestampNow,
  timestampToDate,
  timestampToMs,
  typeRegistry,
  Value,
  valueFromJson,
  valueToJson,
} from "../../../src/runtime/protobuf/index.ts";
import { Scalars } from "../../fixtures/everything/expected/everything.ts";
import { Event } from "../../fixtures/well-known/expected/well_known.ts";

describe("Timestamp", () => {
  test.each([
    ["1970-01-01T00:00:00Z", 0n, 0],
    ["1970-01-01T00:00:00.500Z", 0n, 500_000_000],
    ["1970-01-01T00:00:00.000000001Z", 0n, 1],
    ["1969-12-31T23:59:59.999Z", -1n, 999_000_000],
    ["0001-01-01T00:00:00Z", -62135596800n, 0],
    ["9999-12-31T23:59:59.999999999Z", 253402300799n, 999_999_999],
  ])("%s", (text, seconds, nanos) => {
    expect(Timestamp.toJson({ seconds, nanos })).toBe(text);
    expect(Timestamp.fromJson(text)).toEqual({ seconds, nanos });
  });

  test("is read with any offset", () => {
    expect(Timestamp.fromJson("1970-01-01T01:30:00+01:30")).toEqual({ seconds: 0n, nanos: 0 });
    expect(Timestamp.fromJson("1969-12-31T23:00:00-01:00")).toEqual({ seconds: 0n, nanos: 0 });
  });

  test.each([
    "1970-01-01",
    "1970-01-01t00:00:00Z",
    "1970-02-30T00:00:00Z",
    "1970-01-01T24:00:00Z",
    "1970-01-01T00:00:60Z",
    "1970-01-01T00:00:00",
    "1970-01-01T00:00:00.1234567890Z",
    "10000-01-01T00:00:00Z",
    "0001-01-01T00:00:00+01:00",
  ])("%s is refused", (text) => {
    expect(() => Timestamp.fromJson(text)).toThrow(JsonError);
  });

  test("outside the years 1 to 9999 has no JSON", () => {
    expect(() => Timestamp.toJson({ seconds: 253402300800n })).toThrow(JsonError);
    expect(() => Timestamp.toJson({ nanos: -1 })).toThrow(JsonError);
  });

  test("comes from and goes to dates and milliseconds", () => {
    const date = new Date("2020-02-29T12:00:00.123Z");
    expect(timestampToDate(timestampFromDate(date))).toEqual(date);
    expect(timestampFromMs(-1)).toEqual({ seconds: -1n, nanos: 999_000_000 });
    expect(timestampFromMs(0.25)).toEqual({ seconds: 0n, nanos: 250_000 });
    expect(timestampToMs({ seconds: 1n, nanos: 500_000 })).toBe(1000.5);
    expect(Math.abs(timestampToMs(timestampNow()) - Date.now())).toBeLessThan(10_000);
    expect(() => timestampFromDate(new Date(Number.NaN))).toThrow(RangeError);
  });
});

describe("Duration", () => {
  test.each([
    ["1.500s", 1n, 500_000_000],
    ["-0.000000001s", 0n, -1],
    ["0s", 0n, 0],
    ["315576000000s", 315_576_000_000n, 0],
  ])("%s", (text, seconds, nanos) => {
    expect(Duration.toJson({ seconds, nanos })).toBe(text);
    expect(Duration.fromJson(text)).toEqual({ seconds, nanos });
  });

  test.each(["1", "1 s", "s", "315576000001s", "1.s", "+1s", "1e3s"])("%s is refused", (text) => {
    expect(() => Duration.fromJson(text)).toThrow(JsonError);
  });

  test("comes from and goes to milliseconds", () => {
    expect(durationFromMs(-1500)).toEqual({ seconds: -1n, nanos: -500_000_000 });
    expect(durationToMs(durationFromMs(1234.5))).toBe(1234.5);
    expect(durationFromMs(-1000)).toEqual({ seconds: -1n, nanos: 0 });
  });
});

describe("Struct, Value and ListValue", () => {
  const object = { a: [1, "x", null, true, { b: {} }], ["__proto__"]: 1 };

  test("are the JSON they stand for", () => {
    const struct = structFromObject(object);
    expect(structToObject(struct)).toEqual(object);
    expect(Struct.toJson(Struct.decode(Struct.encode(struct)))).toEqual(object);
    expect(valueToJson(valueFromJson(null))).toBeNull();
    expect(ListValue.toJson(ListValue.fromJson([1, [2]]))).toEqual([1, [2]]);
  });

  test("have no JSON for nothing, NaN and infinities", () => {
    expect(() => Value.toJson({})).toThrow(JsonError);
    expect(() => Value.toJson({ kind: { case: "numberValue", value: Number.NaN } })).toThrow(JsonError);
  });
});

describe("FieldMask", () => {
  test("is one text of lowerCamelCase paths", () => {
    expect(FieldMask.toJson({ paths: ["user.display_name", "photo"] })).toBe("user.displayName,photo");
    expect(FieldMask.fromJson("user.displayName,photo")).toEqual({ paths: ["user.display_name", "photo"] });
    expect(FieldMask.fromJson("")).toEqual({ paths: [] });
  });

  test.each(["foo_3_bar", "fooBar", "a__b", "a,b"])("has no JSON for %s", (path) => {
    expect(() => FieldMask.toJson({ paths: [path] })).toThrow(JsonError);
  });
});

describe("Any", () => {
  const types = typeRegistry(Scalars, Duration);

  test("packs and unpacks messages", () => {
    const any = anyPack(Scalars, { aString: "x" });
    expect(any.typeUrl).toBe("type.googleapis.com/test.everything.Scalars");
    expect(anyIs(any, Scalars)).toBe(true);
    expect(anyUnpack(any, Scalars)).toEqual(Scalars.create({ aString: "x" }));
    expect(anyUnpack(any, Duration)).toBeUndefined();
    expect(anyUnpackWith(any, types)).toMatchObject({ type: Scalars, message: { aString: "x" } });
  });

  test("shows its message beside its type in JSON", () => {
    const json = { "@type": "type.googleapis.com/test.everything.Scalars", aString: "é" };
    expect(Any.toJson(anyPack(Scalars, { aString: "é" }), { types })).toEqual(json);
    expect(Any.fromJson(json, { types })).toEqual(anyPack(Scalars, { aString: "é" }));
  });

  test("shows a type with a JSON form of its own under value", () => {
    const json = { "@type": "type.googleapis.com/google.protobuf.Duration", value: "1s" };
    expect(Any.toJson(anyPack(Duration, { seconds: 1n }), { types })).toEqual(json);
    expect(Any.fromJson(json, { types })).toEqual(anyPack(Duration, { seconds: 1n }));
  });

  test("names the type that the registry lacks", () => {
    expect(() => Any.toJson(anyPack(Timestamp, {}), { types })).toThrow(
      /google.protobuf.Timestamp is not in/,
    );
    expect(() => Any.fromJson({ "@type": "x/y.Z" })).toThrow(/y.Z is not in the type registry/);
  });

  test("inside text beyond ASCII keeps it", () => {
    const event = { details: structFromObject({ a: "é" }), attachment: anyPack(Scalars, { aString: "x" }) };
    expect(Event.toJsonString(event, { types })).toContain('"é"');
  });
});

test("wrappers are their bare value, null is absent, and a Value takes null as its own", () => {
  const json = {
    aBool: true,
    anInt64: "5",
    aString: "",
    someBytes: "AQ==",
    aDouble: 1.5,
    value: null,
    null: null,
  };
  const event = Event.fromJson({ ...json, anInt32: null });
  expect(event).toMatchObject({ aBool: { value: true }, anInt64: { value: 5n }, anInt32: undefined });
  expect(event.value).toEqual({ kind: { case: "nullValue", value: 0 } });
  const { null: _, ...written } = json;
  expect(Event.toJson(event)).toEqual(written);
});

test("a descriptor set reads itself back", () => {
  const set = FileDescriptorSet.create({ file: [{ name: "a.proto", messageType: [{ name: "A" }] }] });
  expect(FileDescriptorSet.decode(FileDescriptorSet.encode(set))).toEqual(set);
});

test("Anys in Anys end at 100 levels, in both directions", () => {
  const types = typeRegistry(Any);
  let any = anyPack(Any, {});
  let json: JsonValue = { "@type": "x/google.protobuf.Any", value: {} };
  for (let i = 0; i < 200; i++) {
    any = anyPack(Any, any);
    json = { "@type": "x/google.protobuf.Any", value: json };
  }
  expect(() => Any.toJson(any, { types })).toThrow(/deeper than 100/);
  expect(() => Any.fromJson(json, { types })).toThrow(/deeper than 100/);
});

test("an empty message in an Any leaves its type alone", () => {
  const types = typeRegistry(Scalars);
  expect(Any.toJsonString(anyPack(Scalars, {}), { types })).toBe(
    '{"@type":"type.googleapis.com/test.everything.Scalars"}',
  );
});

test("keys of a Struct that are not UTF-8 are refused, as everywhere in proto3", () => {
  const entry = [0x0a, 0x01, 0xff]; // key = "\xff"
  expect(() => Struct.decode(Uint8Array.of(0x0a, entry.length, ...entry))).toThrow(/UTF-8/);
});
