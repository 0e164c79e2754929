import { describe, expect, test } from "vitest";
import { readFleet } from "../../../src/generator/fleet/index.ts";
import type { Connection } from "../../../src/generator/live/index.ts";
import { createMemoryRegistry } from "../../../src/runtime/registry/index.ts";

const registry = createMemoryRegistry();
const never = new AbortController().signal;
const connection = (over: Partial<Connection["registry"]> = {}) =>
  ({
    registry: {
      name: "memory",
      address: "",
      getService: (name: string) => registry.getService(name),
      listServices: () => registry.listServices(),
      ...over,
    },
  }) as unknown as Connection;

describe("who runs", () => {
  test("when nodes say the same then they are one, and foreign ones are known as such", async () => {
    const node = (id: string, metadata: Record<string, string>) => ({ id, address: "127.0.0.1:1", metadata });
    const register = (name: string, version: string, ...nodes: ReturnType<typeof node>[]) =>
      registry.register({ name, version, metadata: {}, endpoints: [], nodes });
    await register(
      "a",
      "1",
      node("a1", { uses: "-" }),
      node("a2", { uses: "-" }),
      node("a3", { uses: "s/p.S@:M" }),
    );
    await register("a", "2", node("a4", { uses: "-" }));
    await register("b", "latest", node("b1", { protocol: "grpc" }), node("b2", {}));
    await register("events", "q", node("e1", { broker: "http", topic: "t" }));
    const { members } = await readFleet(connection(), never);
    expect(members.map(({ name, version, nodes, uses }) => [name, version, nodes, uses.kind])).toEqual([
      ["a", "1", 2, "told"],
      ["a", "1", 1, "told"],
      ["a", "2", 1, "told"],
      ["b", "latest", 2, "untold"],
    ]);
  });

  test("when one service cannot be looked up then there is no answer at all", async () => {
    const getService = () => Promise.reject(Object.assign(new Error("x"), { detail: "etcd is away" }));
    await expect(readFleet(connection({ getService }), never)).rejects.toMatchObject({
      reason: "unreachable",
      message: "Cannot ask the registry memory who runs: etcd is away.",
    });
  });

  test("when it takes too long then that is said", async () => {
    const signal = AbortSignal.timeout(1);
    const listServices = () =>
      new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    await expect(readFleet(connection({ listServices }), signal)).rejects.toThrow("it takes too long");
  });
});
