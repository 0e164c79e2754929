import { afterEach, expect, test } from "vitest";
import type { MicroError } from "../../../src/runtime/errors/index.ts";
import { badRequest, unavailable } from "../../../src/runtime/errors/index.ts";
import type { Client } from "../../../src/runtime/index.ts";
import type { TestNetwork } from "../../../src/runtime/testing/index.ts";
import { startGreeter, tell, virtualNetwork } from "../testing/greeter-network.ts";

let net: TestNetwork;
afterEach(() => net.close());

interface Setup {
  readonly client: Client;
  arrived: number;
  failure: MicroError | undefined;
}

async function setUp(breaker: object | true = true): Promise<Setup> {
  net = virtualNetwork();
  const { client } = await net.service({ name: "caller", calls: { breaker } });
  const setup: Setup = { client, arrived: 0, failure: unavailable("d", "down") };
  await startGreeter(net, "d", (request) => {
    setup.arrived += 1;
    if (setup.failure !== undefined) throw setup.failure;
    return request;
  });
  return setup;
}

async function calls(setup: Setup, count: number): Promise<MicroError[]> {
  const errors: MicroError[] = [];
  for (let call = 0; call < count; call++)
    await net.run(setup.client.unary("d", tell, {}).catch((error: MicroError) => errors.push(error)));
  return errors;
}

test("when half of at least twenty calls failed then the service is not called for five seconds", async () => {
  const setup = await setUp();
  await calls(setup, 20);
  const [refused] = await calls(setup, 1);
  expect(setup.arrived).toBe(20);
  expect(refused).toMatchObject({
    code: 503,
    retryAfterMs: 5000,
    detail: "most calls of d failed: it is not called for another 5000 ms (breaker)",
  });
});

test("when the time is over then one call finds out whether the service is back", async () => {
  const setup = await setUp();
  await calls(setup, 20);
  await net.advance(5_000);
  setup.failure = undefined;
  const both = [setup.client.unary("d", tell, {}), setup.client.unary("d", tell, {})];
  const [first, second] = await net.run(Promise.allSettled(both));
  expect([first?.status, second?.status]).toEqual(["fulfilled", "rejected"]);
  expect(await calls(setup, 30)).toEqual([]);
});

test("when it is not then the service is left alone for twice as long", async () => {
  const setup = await setUp({ openMs: 100 });
  await calls(setup, 20);
  for (const openMs of [100, 200, 400]) {
    const [before] = await calls(setup, 1);
    expect(before?.retryAfterMs).toBe(openMs);
    await net.advance(openMs);
    expect((await calls(setup, 1))[0]?.detail).toBe("down");
  }
});

test("when the caller asks wrongly then that is not held against the service", async () => {
  const setup = await setUp();
  setup.failure = badRequest("d", "no");
  await calls(setup, 100);
  expect(setup.arrived).toBe(100);
});
