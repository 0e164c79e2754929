import { afterEach, expect, test } from "vitest";
import { badRequest, MicroError, unavailable } from "../../../src/runtime/errors/index.ts";
import type { Client } from "../../../src/runtime/index.ts";
import type { ServerStreamMethod, ServiceType } from "../../../src/runtime/protobuf/index.ts";
import type { TestNetwork } from "../../../src/runtime/testing/index.ts";
import { type Hello, HelloMessage } from "../protocol/greeter.ts";
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

test("when the call that finds out is a stream then its first message closes the circuit, and it may go on", async () => {
  const watch: ServerStreamMethod<Hello, Hello> = {
    ...tell,
    service: "greeter.Watcher",
    name: "Watch",
    kind: "serverStream",
    input: HelloMessage,
    output: HelloMessage,
  };
  const Watcher: ServiceType<{ watch: typeof watch; tell: typeof tell }> = {
    typeName: "greeter.Watcher",
    methods: { watch, tell },
  };
  net = virtualNetwork();
  const { client } = await net.service({ name: "caller", calls: { breaker: true } });
  const setup: Setup = { client, arrived: 0, failure: unavailable("d", "down") };
  await net.service({
    name: "d",
    setup: ({ server }) =>
      server.handle(Watcher, {
        tell: (request: Hello) => {
          if (setup.failure !== undefined) throw setup.failure;
          return request;
        },
        async *watch() {
          for (;;) yield { name: "news" };
        },
      }),
  });
  const tells = () => net.run(client.unary("d", { ...tell, service: "greeter.Watcher" }, {}));
  for (let call = 0; call < 20; call++) await expect(tells()).rejects.toThrow("down");
  await expect(tells()).rejects.toThrow("breaker");
  await net.advance(5_000);
  setup.failure = undefined;
  const news = client.serverStream("d", watch, {})[Symbol.asyncIterator]();
  await net.run(news.next());
  for (let call = 0; call < 30; call++) await tells();
  expect((await net.run(news.next())).done).toBe(false);
  await news.return?.();
});

test.each([429, 499])("when the call that finds out ends with %i then the next one does", async (code) => {
  const setup = await setUp();
  await calls(setup, 20);
  await net.advance(5_000);
  setup.failure = new MicroError({ id: "d", code, detail: "says nothing" });
  await calls(setup, 2);
  setup.failure = unavailable("d", "still down");
  await calls(setup, 2);
  expect(setup.arrived).toBe(23);
});

test("when the call that finds out hangs then another one finds out, and its answer still counts", async () => {
  const setup = await setUp({ openMs: 100 });
  await calls(setup, 20);
  await net.advance(100);
  setup.failure = undefined;
  const undo = net.inject({ to: "d", delayMs: 60 });
  const slow = setup.client.unary("d", tell, {});
  await net.advance(90);
  const [refused] = await calls(setup, 1);
  expect(refused?.retryAfterMs).toBe(10);
  await net.advance(10);
  const second = setup.client.unary("d", tell, {});
  await net.run(slow);
  undo();
  expect(await calls(setup, 1)).toEqual([]);
  await net.run(second);
});
