import { describe, expect, test } from "vitest";
import { JsonError } from "../../../src/runtime/protobuf/index.ts";
import {
  Choices,
  Kind,
  Lists,
  Maps,
  Node,
  Optionals,
  Scalars,
} from "../../fixtures/everything/expected/everything.ts";
import { Object as Tricky } from "../../fixtures/names/expected/names.ts";
import { Required } from "../../fixtures/proto2/expected/proto2.ts";

describe("reading", () => {
  test.each([
    ["anInt32", 1, '"1"', '"1e3"', "1e3", "1.0", '"-0"', "2147483647"],
    ["aUint32", "4294967295", '"4294967295"'],
    ["anInt64", '"9223372036854775807"', '"-9223372036854775808"', "1.0", '"1.5e3"', "-1"],
    ["aUint64", '"18446744073709551615"'],
    ["aDouble", '"NaN"', '"Infinity"', '"-Infinity"', "1", '"1.5"', "-0"],
    ["aFloat", '"NaN"', "3.4028235e38"],
    ["aBool", "true", "false"],
    ["aString", '""', '"\\ud83d\\ude00"'],
    ["someBytes", '"AQI="', '"AQI"', '"_-8"', '"/+8="', '""'],
    ["kind", '"KIND_GOOD"', '"KIND_FINE"', "1", "77", "-1"],
    ["point", "{}", '{"x":1}'],
  ])("%s takes %s %s %s", (field, ...values) => {
    for (const value of values)
      expect(() => Scalars.fromJsonString(`{"${field}":${value}}`), String(value)).not.toThrow();
  });

  test.each([
    [
      "anInt32",
      "1.5",
      "2147483648",
      '"0x1"',
      '" 1"',
      '"1 "',
      '""',
      "true",
      "[]",
      "[5]",
      '["5"]',
      "{}",
      '"NaN"',
      '"01"',
      '"+1"',
    ],
    ["aUint32", "-1", "4294967296"],
    ["anInt64", '"9223372036854775808"', "1.5", '"1.5"', '"1e99"', '"1e-1"', "1e20", "[5]"],
    ["aUint64", '"-1"', '"18446744073709551616"'],
    ["aDouble", '"nan"', '"1e999"', '"-"', '"inf"', "true", "[5]"],
    ["aFloat", "3.5e38", '"-3.5e38"'],
    ["aBool", '"true"', "1", "0"],
    ["aString", "1", '"\\ud800"', `"${"x".repeat(50)}\\udc00"`],
    ["someBytes", '"A"', '"A=B"', '"A b="', "1", '"===="'],
    ["kind", '"NO_SUCH"', "1.5", "true", "[]"],
    ["point", "[]", "1", '"x"'],
  ])("%s refuses %s %s %s", (field, ...values) => {
    for (const value of values)
      expect(() => Scalars.fromJsonString(`{"${field}":${value}}`), value).toThrow(JsonError);
  });

  test("null means absent, except in lists and maps", () => {
    expect(Scalars.fromJsonString('{"aString":null,"point":null,"kind":null}')).toEqual(Scalars.create());
    expect(Lists.fromJson({ strings: null })).toEqual(Lists.create());
    expect(() => Lists.fromJson({ strings: [null] })).toThrow("strings[0]: expected a string, got null");
    expect(() => Maps.fromJson({ texts: { a: null } })).toThrow("texts.a: expected a string, got null");
  });

  test("takes the names of the .proto and of json_name", () => {
    expect(Scalars.fromJson({ a_string: "x", an_int32: 5 })).toMatchObject({ aString: "x", anInt32: 5 });
    expect(Node.fromJson({ '@type"x': "a", schlüssel: "b" })).toMatchObject({ jsonNamed: "a", umlaut: "b" });
    expect(Node.fromJson({ json_named: "a", umlaut: "b" })).toMatchObject({ jsonNamed: "a", umlaut: "b" });
  });

  test("refuses a field under both of its names", () => {
    expect(() => Scalars.fromJson({ aString: "x", a_string: "y" })).toThrow("a_string: given twice");
  });

  test("refuses two members of a oneof, but not null beside one", () => {
    expect(() => Choices.fromJson({ text: "a", number: 1 })).toThrow("more than one member of oneof choice");
    expect(Choices.fromJson({ text: "a", number: null }).choice).toEqual({ case: "text", value: "a" });
  });

  test("names the path of what is wrong", () => {
    expect(() => Node.fromJson({ children: [{}, { inner: { level: "X" } }] })).toThrow(
      'children[1].inner.level: "X" is no value of test.everything.Node.Inner.Level',
    );
    expect(() => Node.fromJson({ children: [{ lable: "" }] })).toThrow("children[0].lable: no such field");
    expect(() => Maps.fromJson({ maps: { 5: { texts: { a: 1 } } } })).toThrow(
      "maps.5.texts.a: expected a string",
    );
    try {
      Node.fromJson({ inner: 5 });
    } catch (error) {
      expect(error).toMatchObject({ name: "JsonError", path: "inner", reason: "expected an object, got 5" });
    }
  });

  test("skips unknown fields and enum names when told to", () => {
    const options = { ignoreUnknownFields: true };
    expect(Scalars.fromJson({ nope: 1, kind: "NOPE", aBool: true }, options)).toMatchObject({
      aBool: true,
      kind: 0,
    });
    expect(Lists.fromJson({ kinds: ["NOPE", "KIND_GOOD"] }, options).kinds).toEqual([Kind.GOOD]);
    expect(Maps.fromJson({ kinds: { 1: "NOPE" } }, options).kinds).toEqual({});
  });

  test("map keys are checked and made canonical", () => {
    expect(
      Maps.fromJson({ byBool: { true: 1 }, numbers: { "-5": "7" }, kinds: { "18446744073709551615": 1 } }),
    ).toMatchObject({
      byBool: { true: 1 },
      numbers: { [-5]: 7n },
      kinds: { "18446744073709551615": 1 },
    });
    for (const numbers of [{ "1.5": 1 }, { "": 1 }, { "01": 1 }, { a: 1 }, { "2147483648": 1 }])
      expect(() => Maps.fromJson({ numbers }), JSON.stringify(numbers)).toThrow(JsonError);
    expect(() => Maps.fromJson({ byBool: { yes: 1 } })).toThrow(JsonError);
  });

  test("a number of a million digits is refused at once", () => {
    expect(() => Scalars.fromJson({ anInt64: `1${"0".repeat(1e6)}e-1000000` })).toThrow(JsonError);
  });

  test("text that is no JSON is a JsonError", () => {
    expect(() => Scalars.fromJsonString("{")).toThrow(JsonError);
    expect(() => Scalars.fromJsonString("5")).toThrow("expected an object, got 5");
  });

  test("nesting is limited to 100 levels", () => {
    const nest = (depth: number) => ['{"children":['.repeat(depth), "{}", "]}".repeat(depth)].join("");
    expect(Node.fromJsonString(nest(100))).toBeDefined();
    expect(() => Node.fromJsonString(nest(101))).toThrow(/deeper than 100/);
  });

  test("names that objects inherit are fields like others", () => {
    const message = Tricky.fromJsonString('{"constructor":"a","toString":"b","__proto__":"c","valueOf":"d"}');
    expect(message).toMatchObject({ constructor$: "a", toString$: "b", Proto: "c", valueOf$: "d" });
    expect(Tricky.fromJsonString("{}")).toEqual(Tricky.create());
    expect(Tricky.fromJsonString('{"protoMap":{"__proto__":"x"}}').protoMap).toEqual(
      JSON.parse('{"__proto__":"x"}'),
    );
    expect({}).not.toHaveProperty("x");
  });

  test("a required field must be there", () => {
    expect(() => Required.fromJson({ name: "a" })).toThrow("required field level is not there");
  });
});

describe("writing", () => {
  test("leaves defaults out, writes 64-bit integers as text and enums by name", () => {
    const message = { anInt64: 5n, kind: Kind.GOOD, aUint32: 0, someBytes: Uint8Array.of(255), aDouble: -0 };
    expect(Scalars.toJsonString(message)).toBe(
      '{"aDouble":-0,"anInt64":"5","someBytes":"/w==","kind":"KIND_GOOD"}',
    );
    expect(Scalars.toJsonString({ kind: 77 })).toBe('{"kind":77}');
    expect(Optionals.toJsonString({ aString: "", aBool: false })).toBe('{"aBool":false,"aString":""}');
  });

  test("writes defaults and the names of the .proto when told to", () => {
    expect(Node.toJson({}, { emitDefaults: true, useProtoNames: true })).toEqual({
      label: "",
      children: [],
      json_named: "",
      umlaut: "",
    });
  });

  test.each([
    [0.1, "0.1"],
    [1.5, "1.5"],
    [-1.125, "-1.125"],
    [1e21, "1e+21"],
    [123456789.123, "123456789.123"],
    [5e-324, "5e-324"],
    [2147483.647, "2147483.647"],
    [0.0005, "0.0005"],
    [Number.NaN, '"NaN"'],
    [Number.NEGATIVE_INFINITY, '"-Infinity"'],
  ])("%d is written as %s", (value, text) => {
    expect(Scalars.toJsonString({ aDouble: value })).toBe(`{"aDouble":${text}}`);
  });

  test("floats have as many digits as a float has", () => {
    expect(Scalars.toJsonString({ aFloat: Math.fround(0.1) })).toBe('{"aFloat":0.1}');
    expect(Scalars.toJsonString({ aFloat: Math.fround(16777216.5) })).toBe('{"aFloat":16777216}');
    expect(Scalars.toJsonString({ aFloat: Math.fround(1.1754944e-38) })).toBe('{"aFloat":1.1754944e-38}');
  });

  test.each([
    "plain",
    'quote " and \\ back',
    "\u0000\u001f\u007f",
    "grüße \u{1f600}",
    "x".repeat(100),
    `${"x".repeat(39)}é`,
    "\u2028",
  ])("text %j is what JSON.stringify makes of it", (text) => {
    expect(JSON.parse(Scalars.toJsonString({ aString: text }))).toEqual({ aString: text });
  });

  test("64-bit integers of every size have the digits that BigInt gives them", () => {
    const sizes = Array.from({ length: 64 }, (_, i) => 1n << BigInt(i));
    const around = sizes.flatMap((size) => [size - 1n, size, size + 1n, size + 10n ** 6n, size * 7n]);
    for (const value of [...around, 10n ** 18n, 10n ** 12n, 2n ** 64n - 1n].filter(Boolean)) {
      const unsigned = BigInt.asUintN(64, value) || 1n;
      const signed = BigInt.asIntN(64, value) || 1n;
      for (const one of [signed, BigInt.asIntN(64, -signed)])
        expect(Scalars.toJsonString({ anInt64: one })).toBe(`{"anInt64":"${one}"}`);
      expect(Scalars.toJsonString({ aUint64: unsigned })).toBe(`{"aUint64":"${unsigned}"}`);
    }
  });

  test("bytes of every short length are the base64 that Buffer writes", () => {
    for (let n = 1; n < 60; n++) {
      const bytes = Uint8Array.from({ length: n }, (_, i) => i * 37 + n * 101);
      const text = Buffer.from(bytes).toString("base64");
      expect(Scalars.toJsonString({ someBytes: bytes })).toBe(`{"someBytes":"${text}"}`);
    }
  });

  test("text inside text beyond ASCII comes out whole, at every length", () => {
    for (let n = 0; n < 130; n++) {
      const message = { aString: `${"ä€x".repeat(n / 3)}${"y".repeat(n % 3)}`, someBytes: Uint8Array.of(1) };
      expect(Scalars.fromJsonString(Scalars.toJsonString(message))).toEqual(Scalars.create(message));
    }
  });

  test("refuses half a surrogate pair", () => {
    expect(() => Scalars.toJsonString({ aString: "\ud800" })).toThrow("half a surrogate pair");
  });

  test("a large message comes out whole", () => {
    const message = Lists.create({
      strings: Array.from({ length: 20_000 }, (_, i) => `grüße ${i}`),
      int64s: Array.from({ length: 20_000 }, (_, i) => BigInt(i) ** 4n),
    });
    expect(Lists.fromJsonString(Lists.toJsonString(message))).toEqual(message);
  });
});
