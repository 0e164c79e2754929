import type { Value } from "@micro-service/runtime";
import { describe, expect, test } from "vitest";
import { parseQuery } from "../../../src/toolkit/api/query-tree.ts";
import { toTypedObject } from "../../../src/toolkit/api/typed-json.ts";

const value = (name: string, type: string, ...values: Value[]): Value => ({ name, type, values });

const REQUEST = value(
  "HelloRequest",
  "HelloRequest",
  value("name", "string"),
  value("count", "int32"),
  value("size", "int64"),
  value("ratio", "float64"),
  value("ok", "bool"),
  value("tags", "[]string"),
  value("data", "[]uint8"),
  value("user_id", "string"),
  value("color", "Color"),
  value("born", "Timestamp"),
  value("limit", "Int32Value"),
  value("labels", "map[string]int32"),
  value("address", "Address", value("city", "string"), value("zip", "int32")),
  value("lines", "[]Line", value("sku", "string"), value("amount", "int32")),
);

const read = (query: string, type: Value | null = REQUEST) =>
  JSON.parse(JSON.stringify(toTypedObject(parseQuery(query, "go.micro.api"), type, "go.micro.api")));

describe("a query becomes a request typed by the endpoint's record", () => {
  test.each([
    ["name=123", { name: "123" }],
    ["name=true&count=3&ok=true", { name: "true", count: 3, ok: true }],
    ["size=9007199254740993", { size: "9007199254740993" }],
    ["ratio=0.5&ok=0", { ratio: 0.5, ok: false }],
    ["tags=1&tags=b", { tags: ["1", "b"] }],
    ["tags[]=1", { tags: ["1"] }],
    ['tags=["a","b"]', { tags: ["a", "b"] }],
    ["data=3q2%2B7w==", { data: "3q2+7w==" }],
    ["userId=7", { user_id: "7" }],
    ["user_id=7", { user_id: "7" }],
    ["color=RED", { color: "RED" }],
    ["color=1", { color: 1 }],
    ["born=2020-01-01T00:00:00Z", { born: "2020-01-01T00:00:00Z" }],
    ["limit=5", { limit: 5 }],
    ["labels[a]=1&labels.b=2", { labels: { a: 1, b: 2 } }],
    ["address.city=7&address[zip]=8", { address: { city: "7", zip: 8 } }],
    ['address={"city":"x"}', { address: { city: "x" } }],
    ["lines[1][sku]=2&lines[0].sku=1&lines[0].amount=5", { lines: [{ sku: "1", amount: 5 }, { sku: "2" }] }],
    ["name=a+b%20c%26", { name: "a b c&" }],
    ["name", { name: "" }],
    ["", {}],
  ])("%s is %j", (query, json) => {
    expect(read(query)).toEqual(json);
  });

  test.each([
    ["count=x", "count must be a whole number"],
    ["ok=maybe", "ok must be true or false"],
    ["ratio=", "ratio must be a number"],
    ["name=a&name=b", "name takes one value, got 2"],
    ["address.zip=x", "address.zip must be a whole number"],
    ["lines[a][sku]=1", "lines[a] is no index"],
    ["address=x&address.city=y", "address is given both"],
    ["a[b=c", "is not of the form"],
    ["=c", "is not of the form"],
    ["a..b=c", "is not of the form"],
    ["name=%ff", "not percent-encoded"],
  ])("%s is refused: %s", (query, detail) => {
    expect(() => read(query)).toThrow(detail);
  });
});

describe("without a record go-micro's rule holds: JSON if it is JSON, else text", () => {
  test.each([
    ["count=3&ok=true&name=John", { count: 3, ok: true, name: "John" }],
    ["id=9007199254740993", { id: "9007199254740993" }],
    ["zip=007", { zip: "007" }],
    ["a[b]=c&a.d=1", { a: { b: "c", d: 1 } }],
    ["x=1&x=2", { x: [1, 2] }],
  ])("%s is %j", (query, json) => {
    expect(read(query, null)).toEqual(json);
  });
});

describe("hostile names stay names", () => {
  test.each(["__proto__[polluted]=1", "__proto__.polluted=1", "constructor[prototype][polluted]=1"])(
    "%s pollutes nothing",
    (query) => {
      toTypedObject(parseQuery(query, ""), null, "");
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  test("more than a thousand values are refused", () => {
    expect(() => parseQuery("a=1&".repeat(1001), "")).toThrow("more than 1000");
  });

  test("deep names are refused", () => {
    expect(() => parseQuery(`a${".a".repeat(20)}=1`, "")).toThrow("is not of the form");
  });
});
