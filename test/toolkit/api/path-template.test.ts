import { describe, expect, test } from "vitest";
import { parsePathTemplate } from "../../../src/toolkit/api/path-template.ts";

const match = (template: string, path: string) => {
  const fields = parsePathTemplate(template)?.match(path.split("/").filter(Boolean));
  return fields === undefined ? undefined : Object.fromEntries(fields);
};

describe("a path template of google.api.http matches paths", () => {
  test.each([
    ["/v1/hello/{name}", "/v1/hello/Bob", { name: "Bob" }],
    ["/v1/{book=shelves/*/books/*}", "/v1/shelves/a/books/b", { book: "shelves/a/books/b" }],
    ["/v1/files/{path=**}", "/v1/files/a/b/c", { path: "a/b/c" }],
    ["/v1/files/{path=**}", "/v1/files", { path: "" }],
    ["/v1/orders/{id}:cancel", "/v1/orders/7:cancel", { id: "7" }],
    ["/v1/{user.id}/{order}", "/v1/u/o", { "user.id": "u", order: "o" }],
    ["/v1/*/x", "/v1/anything/x", {}],
    ["/", "/", {}],
  ])("%s takes %s", (template, path, fields) => {
    expect(match(template, path)).toEqual(fields);
  });

  test.each([
    ["/v1/hello/{name}", "/v1/hello"],
    ["/v1/hello/{name}", "/v1/hello/a/b"],
    ["/v1/hello/{name}", "/v2/hello/Bob"],
    ["/v1/orders/{id}:cancel", "/v1/orders/7"],
    ["/v1/{book=shelves/*}", "/v1/boxes/a"],
  ])("%s leaves %s alone", (template, path) => {
    expect(match(template, path)).toBeUndefined();
  });

  test.each([
    "",
    "v1",
    "^/foo$",
    "/a/{b",
    "/a/{}",
    "/{a=**}/b",
    "/a b",
    "/{__proto__}}",
    `/${"a/".repeat(600)}`,
  ])("%j is no template", (template) => {
    expect(parsePathTemplate(template)).toBeUndefined();
  });

  test("a literal is more specific than a variable, a variable than a rest, a longer path than a shorter", () => {
    const templates = ["/v1/{a=**}", "/v1/{a}", "/v1/hello", "/v1/{a}/x", "/v1/hello:verb", "/v1/hello/{b}"];
    const ranked = templates
      .map((text) => parsePathTemplate(text)!)
      .sort((a, b) => (a.rank < b.rank ? -1 : 1))
      .map((template) => template.text);
    expect(ranked).toEqual([
      "/v1/hello/{b}",
      "/v1/hello:verb",
      "/v1/hello",
      "/v1/{a}/x",
      "/v1/{a}",
      "/v1/{a=**}",
    ]);
  });
});
