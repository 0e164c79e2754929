import { describe, expect, test } from "vitest";
import { Any, anyPack, JsonError, Struct, typeRegistry } from "../../../src/runtime/protobuf/index.ts";
import {
  countMembers,
  refuseDuplicateKeys,
  tally,
} from "../../../src/runtime/protobuf/json/duplicate-keys.ts";
import { Lists, Maps, Node, Optionals, Scalars } from "../../fixtures/everything/expected/everything.ts";

describe("a key that stands twice in one JSON object is refused", () => {
  test.each([
    ["in the message", Node, '{"label":"a","label":"a"}', "label"],
    ["spelled differently", Node, '{"label":"a", "l\\u0061bel" : "b"}', "label"],
    ["in a list", Node, '{"children":[{},{"label":"a","label":null}]}', "children[1].label"],
    ["in a map", Maps, '{"texts":{"a":"1","b":"2","a":"3"}}', "texts.a"],
    ["in a Struct", Struct, '{"a":{"b":[{"c":1},{"c":1,"c":2}]}}', "a.b[1].c"],
    ["that is ignored", Node, '{"strange":{"a":1,"a":2}}', "strange.a"],
    ["named __proto__", Maps, '{"texts":{"__proto__":"1","__proto__":"2"}}', "texts.__proto__"],
    ["with space before its colon", Node, '{"label" :"a","label":"b"}', "label"],
    ["behind texts with quotes and colons", Node, '{"label":"\\":\\\\","label":""}', "label"],
  ])("%s", (_, type, text, path) => {
    const options = { ignoreUnknownFields: true };
    expect(() => type.fromJsonString(text, options)).toThrow(new JsonError("given twice", path));
  });

  test("within an Any", () => {
    const types = typeRegistry(Node);
    const text = Any.toJsonString(anyPack(Node, { label: "a" }), { types });
    expect(Any.fromJsonString(text, { types })).toEqual(anyPack(Node, { label: "a" }));
    expect(() => Any.fromJsonString(text.replace("}", ',"label":"b"}'), { types })).toThrow("given twice");
  });
});

test("equal keys of different objects are fine, and so are keys in texts", () => {
  const text = '{"label":"{\\"label\\":1,\\"label\\":2}","children":[{"label":"a"},{"label":"a"}]}';
  expect(Node.fromJsonString(text).children).toHaveLength(2);
});

test("what a text spells out is what readers come by, so that the slow look is not needed", () => {
  for (const [type, text] of [
    [Scalars, '{"aString":"a:b","aDouble": 1.5}'],
    [Lists, '{"points":[{"x":1},{}]}'],
    [Maps, '{"texts":{"a":"b"},"numbers":{"1":"2"},"kinds":{"1":1},"byBool":{"true":2},"maps":{"-1":{}}}'],
    [Optionals, '{"aString":null}'],
    [Struct, '{"a":{"b":[{"c":null}]}}'],
  ] as const) {
    const before = tally.members;
    type.fromJson(JSON.parse(text));
    expect(tally.members - before).toBe(countMembers(text));
  }
});

test("a long text of many nested objects is looked through in one go", () => {
  const depth = 50_000;
  expect(() => refuseDuplicateKeys(`${'{"a":['.repeat(depth)}${"]}".repeat(depth)}`)).not.toThrow();
});
