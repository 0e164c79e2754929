import { afterEach, describe, expect, test } from "vitest";
import { jsonMethod } from "../../../src/runtime/client/index.ts";
import { HealthResponse, StatsResponse } from "../../../src/runtime/debug/gen/debug.ts";
import { createDebugClient } from "../../../src/runtime/debug/index.ts";
import { createTestNetwork, type TestNetwork } from "../../../src/runtime/testing/index.ts";
import { createGreeterClient, Greeter } from "../service/greeter.ts";

const name = "go.micro.srv.greeter";
let net: TestNetwork;
afterEach(() => net?.close());

async function debugged() {
  net = createTestNetwork();
  const service = await net.service({
    name,
    setup: ({ server }) =>
      server.handle(Greeter, {
        hello: (request) => request,
        fail: () => {
          throw new Error("no");
        },
      }),
  });
  return {
    service,
    debug: createDebugClient(net.client, name),
    greeter: createGreeterClient(net.client, name),
  };
}

describe("every service tells how it is", () => {
  test("when it takes calls then Debug.Health says ok", async () => {
    const { debug } = await debugged();
    expect((await debug.health({})).status).toBe("ok");
  });

  test("when asked by go-micro's path and JSON then it answers the same", async () => {
    await debugged();
    expect(JSON.parse(await net.client.unary(name, jsonMethod("Debug.Health"), "{}"))).toEqual({
      status: "ok",
    });
  });

  test("when calls were taken then Debug.Stats counts them and those that failed", async () => {
    const { debug, greeter } = await debugged();
    await greeter.hello({});
    await greeter.hello({});
    await greeter.fail({}).catch(() => {});
    const stats = await debug.stats({});
    expect(stats).toMatchObject({ requests: 4n, errors: 1n, threads: 1n });
    expect(stats.memory).toBeGreaterThan(1_000_000n);
    expect(stats.timestamp - stats.started).toBeLessThan(60n);
  });

  test("when it is registered then the registry does not list Debug", async () => {
    await debugged();
    const [record] = await net.registry.getService(name);
    expect(record?.endpoints.map((endpoint) => endpoint.name)).toEqual(["Greeter.Fail", "Greeter.Hello"]);
  });
});

test("on the wire the field numbers are go-micro's", () => {
  expect(Buffer.from(HealthResponse.encode({ status: "ok" })).toString("hex")).toBe("0a026f6b");
  const stats = {
    timestamp: 1n,
    started: 2n,
    uptime: 3n,
    memory: 4n,
    threads: 5n,
    gc: 6n,
    requests: 7n,
    errors: 8n,
  };
  expect(Buffer.from(StatsResponse.encode(stats)).toString("hex")).toBe("08011002180320042805300638074008");
});
