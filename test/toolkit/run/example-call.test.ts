import type { Value } from "@micro-service/runtime";
import { describe, expect, test } from "vitest";
import { packageManagerCommands } from "../../../src/generator/scaffold/package-manager.ts";
import { exampleRequest, microCommand } from "../../../src/toolkit/run/example-call.ts";

const field = (name: string, type: string): Value => ({ name, type, values: [] });
const request = (...values: Value[]) => ({ request: { name: "Request", type: "Request", values } });

test.each([
  [request(field("name", "string"), field("count", "int32")), '{"name":"Ada"}'],
  [request(field("order_id", "string")), '{"orderId":"order id"}'],
  [request(field("address", "Address"), field("tags", "[]string"), field("size", "uint64")), '{"size":"1"}'],
  [request(field("fast", "bool")), '{"fast":true}'],
  [request(field("weight", "float64")), '{"weight":1}'],
  [request(field("kind", "Kind")), "{}"],
  [{ request: null }, "{}"],
])("the example for %j fills the first plain field", (endpoint, expected) => {
  expect(exampleRequest(endpoint)).toBe(expected);
});

describe("the command is in the form of the package manager", () => {
  test.each(["npm", "pnpm", "yarn", "bun"] as const)("%s, as the project's README has it", (manager) => {
    const readme = packageManagerCommands(manager, "greeter").runWith("micro", "call");
    expect(`${microCommand(`${manager}/10.1.0 node/v22`)} call`).toBe(readme);
  });

  test.each([undefined, "", "constructor/1", "deno/2"])("npx when started by %j", (agent) => {
    expect(microCommand(agent)).toBe("npx micro");
  });
});
