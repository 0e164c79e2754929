import { describe, expect, test } from "vitest";
import { docComment } from "../../../src/generator/emit/doc-comment.ts";
import { enumValueNames, fieldName, methodName, safeIdentifier } from "../../../src/generator/emit/naming.ts";
import { checkDistinct, OutputPathError, outputStem } from "../../../src/generator/emit/output-path.ts";

test.each([
  ["foo_bar", "fooBar"],
  ["fooBar", "fooBar"],
  ["_leading", "Leading"],
  ["trailing_", "trailing"],
  ["double__score", "doubleScore"],
  ["digits_1_2", "digits12"],
  ["_1st", "_1st"],
  ["constructor", "constructor$"],
  ["to_string", "toString$"],
  ["class", "class"],
  ["then", "then$"],
  ["__proto__", "Proto"],
])("field %s becomes property %s", (field, property) => {
  expect(fieldName(field)).toBe(property);
});

test.each([
  ["Hello", "hello"],
  ["HTTPGet", "httpGet"],
  ["GetURL", "getURL"],
  ["URL", "url"],
  ["V2Get", "v2Get"],
  ["hello_there", "hello_there"],
  ["Then", "then$"],
  ["Constructor", "constructor$"],
])("rpc %s becomes method %s", (rpc, method) => {
  expect(methodName(rpc)).toBe(method);
});

test("a type named like a word of the language gets a dollar", () => {
  expect(["class", "string", "infer", "Greeter"].map(safeIdentifier)).toEqual([
    "class$",
    "string$",
    "infer$",
    "Greeter",
  ]);
});

describe("enum values lose the prefix that all share", () => {
  test.each([
    ["Kind", ["KIND_A", "KIND_B"], ["A", "B"]],
    ["HTTPMethod", ["HTTP_METHOD_GET", "HTTP_METHOD_PUT"], ["GET", "PUT"]],
    ["Kind", ["KIND_A", "OTHER"], ["KIND_A", "OTHER"]],
    ["Digit", ["DIGIT_1", "DIGIT_2"], ["DIGIT_1", "DIGIT_2"]],
    ["Kind", ["KIND_A", "KIND___proto__"], ["KIND_A", "KIND___proto__"]],
  ])("%s %j", (name, values, expected) => {
    expect(enumValueNames(name, values)).toEqual(expected);
  });
});

describe("comments", () => {
  test("cannot end the comment they are in", () => {
    expect(docComment("a */ b\u2028c", false)).toEqual(["/**", " * a *\\/ b", " * c", " */"]);
  });

  test("of a deprecated thing say so", () => {
    expect(docComment(undefined, true)).toEqual(["/** @deprecated Marked so in the .proto. */"]);
  });
});

describe("output paths", () => {
  test("mirror the schema's", () => {
    expect(outputStem("a/b-c/greeter.v1.proto")).toBe("a/b-c/greeter.v1");
  });

  test.each([
    "../x.proto",
    "/etc/x.proto",
    "a/../../x.proto",
    "a\\b.proto",
    "C:x.proto",
    "a//x.proto",
    "con.proto",
    "a#b.proto",
    "100%.proto",
  ])("%s is refused", (path) => {
    expect(() => outputStem(path)).toThrow(OutputPathError);
  });

  test("that differ in case only are refused", () => {
    expect(() => checkDistinct(["a/Greeter.ts", "a/greeter.ts"])).toThrow(/same file/);
  });
});
