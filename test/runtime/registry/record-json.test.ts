import { expect, test } from "vitest";
import { parseEndpoints, parseMetadata, parseService } from "../../../src/runtime/registry/record-json.ts";

const node = { id: "a-1", address: "127.0.0.1:1", metadata: null };
const record = (changes: object) => ({
  name: "a",
  version: "1",
  metadata: null,
  endpoints: null,
  nodes: [node],
  ...changes,
});

test.each([
  ["a name with an escape sequence", { name: "a\u001b[2J" }],
  ["a name over two lines", { name: "a\nb" }],
  ["a name written backwards", { name: "\u202egreeter" }],
  ["a name of 2,000 characters", { name: "a".repeat(2_000) }],
  ["a version with a bell", { version: "1\u0007" }],
  ["no name", { name: "" }],
  ["a number as name", { name: 7 }],
])("when a record has %s then it is none", (_, changes) => {
  expect(parseService(record(changes))).toBeUndefined();
});

test("when a node's id or address holds control characters then that node is left out", () => {
  const nodes = [{ ...node, id: "x\u0000" }, { ...node, address: "127.0.0.1:1\r\nX: y" }, node];
  expect(parseService(record({ nodes }))?.nodes).toEqual([{ ...node, metadata: {} }]);
});

test("when nothing is said of what may be null then it is empty, as when null is said", () => {
  const empty = { name: "a", version: "", metadata: {}, endpoints: [], nodes: [] };
  expect(parseService({ name: "a" })).toEqual(empty);
  expect(parseService({ name: "a", version: null, metadata: null, endpoints: null, nodes: null })).toEqual(
    empty,
  );
});

test("when there are 100,000 endpoints, nodes or metadata then the first of them count", () => {
  const many = <T>(make: (i: number) => T) => Array.from({ length: 100_000 }, (_, i) => make(i));
  expect(parseEndpoints(many((i) => ({ name: `E.m${i}` })))).toHaveLength(2_000);
  expect(Object.keys(parseMetadata(Object.fromEntries(many((i) => [`k${i}`, "v"]))))).toHaveLength(1_000);
  expect(parseService(record({ nodes: many((i) => ({ ...node, id: `n${i}` })) }))?.nodes).toHaveLength(
    10_000,
  );
});

test("when shapes are nested deeper, or are more, than anybody needs then they are cut", () => {
  let deep: object = { name: "x", type: "x", values: [] };
  for (let level = 0; level < 10_000; level++) deep = { name: "x", type: "x", values: [deep] };
  const [endpoint] = parseEndpoints([{ name: "E.m", request: deep }]);
  expect(JSON.stringify(endpoint).length).toBeLessThan(1_000);
  const wide = {
    name: "x",
    type: "x",
    values: Array.from({ length: 50_000 }, () => ({ name: "y", type: "y" })),
  };
  const read = parseEndpoints([{ name: "E.m", request: wide }]);
  expect(read[0]?.request?.values.length).toBeLessThan(10_001);
});

test("when names are those every object inherits then they are names like any other", () => {
  const metadata = JSON.parse('{"__proto__":"x","constructor":"y"}') as unknown;
  const read = parseMetadata(metadata);
  expect(Object.entries(read)).toEqual([
    ["__proto__", "x"],
    ["constructor", "y"],
  ]);
  expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
});
