import { afterEach, describe, expect, test } from "vitest";
import { createUses } from "../../../src/runtime/client/uses.ts";
import { describeUses } from "../../../src/runtime/service/describe-uses.ts";
import type { Service } from "../../../src/runtime/service/index.ts";
import { createTestNetwork, type TestNetwork } from "../../../src/runtime/testing/index.ts";
import { createGreeterClient, Greeter } from "../../fixtures/greeter/expected/greeter.service.ts";

let net: TestNetwork;
afterEach(() => net?.close());

const usesOf = async (name: string) =>
  (await net.registry.getService(name)).flatMap(({ nodes }) => nodes.map(({ metadata }) => metadata.uses));
const greeter = `go.micro.srv.greeter/greeter.Greeter@${Greeter.digest}:Hello,Count,Gather,Chat`;

describe("a service tells whom it calls", () => {
  const name = "go.micro.api.greeter";
  const setup = ({ client }: Service) => void createGreeterClient(client as never, "go.micro.srv.greeter");

  test("when it has a generated client then the registry has service, digest and methods", async () => {
    net = createTestNetwork();
    await net.service({ name, setup });
    await net.web({
      name: "go.micro.web.greeter",
      handler: () => {},
      setup: ({ client }) => void createGreeterClient(client as never, "go.micro.srv.greeter"),
    });
    expect(await usesOf(name)).toEqual([greeter]);
    expect(await usesOf("go.micro.web.greeter")).toEqual([greeter]);
  });

  test("when it has none then it says so", async () => {
    net = createTestNetwork();
    await net.service({ name });
    expect(await usesOf(name)).toEqual(["-"]);
  });

  test("when a client is made after the start then the next renewal tells", async () => {
    net = createTestNetwork();
    const service = await net.service({ name, registerIntervalMs: 10, registerTtlMs: 1_000 });
    setup(service);
    await expect.poll(() => usesOf(name)).toEqual([greeter]);
  });

  test("when it shall not tell then it says that", async () => {
    net = createTestNetwork();
    await net.service({ name, setup, registerUses: false });
    expect(await usesOf(name)).toEqual(["off"]);
  });
});

describe("the text stays small", () => {
  const uses = (count: number, methods: number) => {
    const all = createUses();
    for (let i = 0; i < count; i++) {
      const names = Array.from({ length: methods }, (_, m) => [
        `m${m}`,
        { ...Greeter.methods.hello, name: `Method${m}` },
      ]);
      all.note(`go.micro.srv.s${i}`, {
        typeName: `s.S${i}`,
        digest: "0123456789abcdef",
        methods: Object.fromEntries(names),
      });
    }
    return all;
  };

  test("when a client is made twice then it is told once", () => {
    const all = createUses();
    all.note("s", Greeter);
    all.note("s", Greeter);
    all.note("t", Greeter);
    expect(all.all.map(({ service }) => service)).toEqual(["s", "t"]);
  });

  test("when there are too many methods then all of them are meant, and no service is left out for them", () => {
    expect(describeUses(uses(1, 200))).toBe("go.micro.srv.s0/s.S0@0123456789abcdef:*");
    const text = describeUses(uses(3, 60));
    expect(text.match(/go\.micro\.srv\.s\d\//g)).toHaveLength(3);
    expect(text).toContain(":Method0,Method1,");
    expect(text).toContain(":*");
    expect(text.length).toBeLessThanOrEqual(1_000);
  });

  test.each([1, 20, 25, 30, 100, 5_000])("when it calls %i services then the rest is counted", (count) => {
    const text = describeUses(uses(count, 3));
    const named = text.split(" ").filter((word) => word.includes("/")).length;
    const more = Number(/\+(\d+)$/.exec(text)?.[1] ?? 0);
    expect(named + more).toBe(Math.min(count, 1_000));
    expect(text.length).toBeLessThanOrEqual(1_000);
    expect(named).toBeGreaterThanOrEqual(Math.min(count, 20));
  });

  test("when a client notes nothing then the node does not tell", () => {
    expect(describeUses(undefined)).toBe("off");
  });
});
