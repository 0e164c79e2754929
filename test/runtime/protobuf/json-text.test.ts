import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  Any,
  anyPack,
  decodeJson,
  encodeJson,
  JsonError,
  ListValue,
  Struct,
  typeRegistry,
  Value,
  valueToJson,
} from "../../../src/runtime/protobuf/index.ts";
import { Lists, Maps, Node, Scalars } from "../../fixtures/everything/expected/everything.ts";

describe("a key that stands twice in one JSON object is refused", () => {
  test.each([
    ["in the message", Node, '{"label":"a","label":"a"}', "label"],
    ["spelled differently", Node, '{"label":"a", "l\\u0061bel" : "b"}', "l\\u0061bel"],
    ["as null and as a value", Node, '{"label":null,"label":"a"}', "label"],
    ["under both of its names", Scalars, '{"aString":"a","anInt32":1,"a_string":"b"}', "a_string"],
    ["in a list", Node, '{"children":[{},{"label":"a","label":null}]}', "children[1].label"],
    ["in a map", Maps, '{"texts":{"a":"1","b":"2","a":"3"}}', "texts.a"],
    ["in a map of numbers", Maps, '{"numbers":{"1":"1","1":"2"}}', "numbers.1"],
    ["in a Struct", Struct, '{"a":{"b":[{"c":1},{"c":1,"c":2}]}}', "a.b[1].c"],
    ["named __proto__", Maps, '{"texts":{"__proto__":"1","__proto__":"2"}}', "texts.__proto__"],
    ["with space before its colon", Node, '{"label" :"a","label":"b"}', "label"],
    ["behind texts with quotes and colons", Node, '{"label":"\\":\\\\","label":""}', "label"],
  ])("%s", (_, type, text, path) => {
    expect(() => type.fromJsonString(text)).toThrow(new JsonError("given twice", path));
  });

  test("within an Any, be it the type or a field", () => {
    const types = typeRegistry(Node);
    const text = Any.toJsonString(anyPack(Node, { label: "a" }), { types });
    expect(Any.fromJsonString(text, { types })).toEqual(anyPack(Node, { label: "a" }));
    for (const more of [',"label":"b"}', ',"@type":"x/test.everything.Node"}'])
      expect(() => Any.fromJsonString(text.replace("}", more), { types })).toThrow("given twice");
  });

  test("but not equal keys of different objects, and not keys in texts", () => {
    const text = '{"label":"{\\"label\\":1,\\"label\\":2}","children":[{"label":"a"},{"label":"a"}]}';
    expect(Node.fromJsonString(text).children).toHaveLength(2);
  });
});

describe("the grammar is JSON's", () => {
  test.each([
    "",
    " ",
    "{",
    "}",
    "{}}",
    "{} x",
    "{,}",
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{"a":1 "b":2}',
    "{a:1}",
    "{'a':1}",
    '{"a":[1,]}',
    '{"a":[,1]}',
    '{"a":[1 2]}',
    '{"a":[1}',
    '{"a":+1}',
    '{"a":01}',
    '{"a":-}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":1e}',
    '{"a":0x1}',
    '{"a":NaN}',
    '{"a":nul}',
    '{"a":nulll}',
    '{"a":TRUE}',
    '{"a":truex}',
    '{"a":"\t"}',
    '{"a":"\\x"}',
    '{"a":"\\u12"}',
    '{"a":"\\"}',
    '{"a":"',
    '\u00a0{"a":1}',
    '\ufeff{"a":1}',
    "{\u0000}",
    '{"a"\u000b:1}',
  ])("%j is none, known field or not", (text) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    const asLabel = text.replace('"a"', '"label"');
    for (const one of [text, asLabel])
      expect(() => Node.fromJsonString(one, { ignoreUnknownFields: true })).toThrow(JsonError);
    expect(() => Struct.fromJsonString(text)).toThrow(JsonError);
  });

  test("any JSON value is read as JSON.parse reads it, with space around or not", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, "\t", " \r\n"), (value, space) => {
        const json = JSON.parse(JSON.stringify(value));
        const text = JSON.stringify(json, undefined, space);
        expect(valueToJson(Value.fromJsonString(text))).toEqual(json);
        expect(decodeJson(Value, Buffer.from(text))).toEqual(Value.fromJsonString(text));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test("a text with one character changed is read exactly when JSON.parse reads it", () => {
    const characters = fc.constantFrom(...'{}[]",:\\ tfn0123456789.eE+-ü\u0000');
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.nat(), characters, fc.boolean(), (text, at, char, insert) => {
        const i = at % text.length;
        const changed = text.slice(0, i) + char + text.slice(insert ? i : i + 1);
        const theirs = parse(changed);
        const ours = attempt(() => valueToJson(Value.fromJsonString(changed)));
        // What JSON.parse does not mind: equal keys, halves of pairs, numbers beyond the doubles.
        if (ours !== undefined) expect(theirs).toEqual({ value: ours.value });
        else if (theirs !== undefined)
          expect(() => Value.fromJsonString(changed)).toThrow(/given twice|surrogate|a double can hold/);
      }),
      { seed: 2, numRuns: 3000 },
    );
  });

  test.each([
    "0",
    "-0",
    "0.1",
    "-12.5",
    "123456789012345",
    "1234567890123456",
    "0.000001",
    "1e400",
    "5e-324",
  ])("the number %s is the one that JSON.parse makes of it", (text) => {
    const list = () => Lists.fromJsonString(`{"doubles":[${text}, ${text}\n]}`).doubles;
    if (Number.isFinite(JSON.parse(text))) expect(list()).toEqual([JSON.parse(text), JSON.parse(text)]);
    else expect(list).toThrow("doubles[0]: expected a number that a double can hold, got 1e400");
  });

  test("doubles of every length are what JSON.parse makes of them", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e307, max: 1e307 }), fc.nat(17), (value, digits) => {
        for (const text of [String(value), value.toPrecision(digits + 1)])
          expect(Scalars.fromJsonString(`{"aDouble":${text}}`).aDouble).toBe(JSON.parse(text));
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});

test("a 64-bit integer without quotes keeps all of its digits", () => {
  expect(Scalars.fromJsonString('{"anInt64":9007199254740993}').anInt64).toBe(9007199254740993n);
});

describe("what is wrong is told with its place", () => {
  test.each([
    ['{"children":[{},{},5]}', "children[2]", "expected an object, got 5"],
    ['{"children":{"a":[1,{"b":"}]"}]}}', "children", 'expected an array, got {"a":[1,{"b":"}]"}]}'],
    [
      '{"inner":{"level":"X"},"label":7}',
      "inner.level",
      '"X" is no value of test.everything.Node.Inner.Level',
    ],
    ['{"label":"ü","children":[{"label":"]{,"},{"nope":1}]}', "children[1].nope", "no such field"],
  ])("%s", (text, path, reason) => {
    expect(() => Node.fromJsonString(text)).toThrow(new JsonError(reason, path));
  });

  // In a bundle for browsers the engine is asked first, and tells it in words of its own.
  test.each([
    ["[", /^(\[0\]: not JSON at byte 1|not JSON: .+)$/],
    ['{"label":"a" "x":1}', /^(label: not JSON at byte 13|not JSON: .+)$/],
  ])("%s", (text, message) => {
    expect(() => Node.fromJsonString(text)).toThrow(JsonError);
    expect(() => Node.fromJsonString(text)).toThrow(message);
  });
});

describe("bytes", () => {
  test("are read in place, without what stands before or behind them", () => {
    const around = Buffer.from('{"label":"a"}{"label":"b"},');
    expect(decodeJson(Node, around.subarray(13, 26)).label).toBe("b");
    expect(() => decodeJson(Node, around.subarray(13))).toThrow(JsonError);
  });

  test("that are no UTF-8 are refused", () => {
    expect(() => decodeJson(Node, Buffer.from('{"label":"\xff"}', "latin1"))).toThrow(/UTF-8/);
    expect(() => decodeJson(Node, Buffer.from('{"\xff":1}', "latin1"))).toThrow(/UTF-8/);
  });

  test("and texts hold the same, whatever characters there are, one after the other", () => {
    for (const aString of ["plain", "grüße", "日本語", "grüße", "😀".repeat(60), "é".repeat(200), "plain"]) {
      const text = `{"aString":${JSON.stringify(aString)}}`;
      expect(Scalars.toJsonString({ aString })).toBe(text);
      expect(Buffer.from(encodeJson(Scalars, { aString })).toString()).toBe(text);
      expect(Scalars.fromJsonString(text).aString).toBe(aString);
    }
  });
});

test("half a surrogate pair in a text is refused, written out or escaped", () => {
  for (const half of ["\ud800", "\\ud800"])
    expect(() => Scalars.fromJsonString(`{"aString":"${half}"}`)).toThrow("half a surrogate pair");
});

test("a type registry may read JSON itself while it is asked", () => {
  const types = typeRegistry(Node);
  const curious = {
    get(name: string) {
      expect(() => Struct.fromJsonString('{"a":')).toThrow(JsonError);
      return types.get(name);
    },
  };
  const json = '[{"@type":"x/test.everything.Node","label":"a"}';
  const text = `{"label":"b","children":[]}`;
  expect(Any.fromJsonString(json.slice(1), { types: curious })).toEqual({
    typeUrl: "x/test.everything.Node",
    value: Node.encode({ label: "a" }),
  });
  expect(Node.fromJsonString(text).label).toBe("b");
});

test("an Any takes its type behind its fields, and nothing else may be called so", () => {
  const types = typeRegistry(Node);
  const inner = '{"label":"a","@type":"x/test.everything.Node","children":[{"label":"b"}]}';
  expect(Any.fromJsonString(inner, { types }).value).toEqual(
    Node.encode({ label: "a", children: [{ label: "b" }] }),
  );
  const strange = inner.replace('{"label":"b"}', '{"@type":"x/test.everything.Node"}');
  expect(() => Any.fromJsonString(strange, { types })).toThrow("children[0].@type: no such field");
});

test("lists and objects nested more than 100 times are refused, known or not", () => {
  const nest = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  expect(ListValue.fromJsonString(nest(100))).toBeDefined();
  for (const read of [
    () => ListValue.fromJsonString(nest(200)),
    () => Node.fromJsonString(`{"x":${nest(100_000)}}`, { ignoreUnknownFields: true }),
  ])
    expect(read).toThrow("nested deeper than 100 levels");
});

function parse(text: string): { readonly value: unknown } | undefined {
  return attempt(() => JSON.parse(text));
}

function attempt(run: () => unknown): { readonly value: unknown } | undefined {
  try {
    return { value: run() };
  } catch {
    return undefined;
  }
}
