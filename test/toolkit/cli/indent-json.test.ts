import { describe, expect, test } from "vitest";
import { indentJson } from "../../../src/toolkit/cli/indent-json.ts";

describe("JSON is indented with tabs", () => {
  test.each([
    ['{"a":1,"b":[1,{"c":"x"}],"d":{},"e":[]}'],
    ['{ "a" : "x, {y}: [\\"z\\"] \\\\" }'],
    ["[]"],
    ["3"],
    ['"text"'],
    ["null"],
    ["[true,false,null,-1.5]"],
    ['"ü \\n \\" \\\\"'],
  ])("%s as JSON.stringify does", (text) => {
    expect(indentJson(text)).toBe(JSON.stringify(JSON.parse(text), null, "\t"));
  });

  test("numbers keep every digit", () => {
    expect(indentJson('{"id":9007199254740993.10}')).toBe('{\n\t"id": 9007199254740993.10\n}');
  });

  test("what is no JSON stays as it is", () => {
    expect(indentJson("{oops")).toBe("{oops");
  });
});
