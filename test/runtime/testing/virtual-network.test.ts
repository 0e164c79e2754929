import { pbkdf2 } from "node:crypto";
import { readFile } from "node:fs/promises";
import { afterEach, expect, test } from "vitest";
import { currentContext, type MicroError, type Service } from "../../../src/runtime/index.ts";
import { sleep } from "../../../src/runtime/registry/index.ts";
import { createTestNetwork, forEachSeed, type TestNetwork } from "../../../src/runtime/testing/index.ts";
import { ask, offer, startGreeter, tell, virtualNetwork } from "./greeter-network.ts";

let net: TestNetwork;
afterEach(() => net.close());

const failureOf = (call: Promise<unknown>): Promise<MicroError> =>
  net.run(
    call.then(
      () => expect.fail("the call succeeded"),
      (error: MicroError) => error,
    ),
  );

test("when time is virtual then an hour passes at once, and timers fire in order", async () => {
  net = virtualNetwork();
  const fired: string[] = [];
  for (const [name, ms] of Object.entries({ hour: 3_600_000, second: 1_000, minute: 60_000 }))
    net.clock.after(ms, () => fired.push(`${name} at ${net.clock.now()}`));
  await net.advance(3_600_000);
  expect(fired).toEqual(["second at 1000", "minute at 60000", "hour at 3600000"]);
});

test("when a handler waits by the clock of the network then nobody waits for it", async () => {
  net = virtualNetwork();
  await startGreeter(net, "d", async (request) => {
    await sleep(net.clock, 4_000);
    return request;
  });
  expect(await net.run(net.client.unary("d", ask, { name: "Ada" }))).toEqual({ name: "Ada" });
  expect(net.clock.now()).toBe(4_000);
  expect(net.waitedTimers).toBe(0);
});

test("when work waits for something outside then run says so instead of waiting for ever", async () => {
  net = virtualNetwork();
  const empty = createTestNetwork({ time: "virtual", seed: 1 });
  await expect(empty.run(new Promise(() => {}))).rejects.toThrow("no timer of the network sets off");
  await empty.close();
});

/** Keeps those threads busy for a while that read files. */
const slowDisk = () => {
  for (let thread = 0; thread < 8; thread++) pbkdf2("", "", 150_000, 32, "sha256", () => {});
};

test("when a web service looks for its files on a busy machine then no time passes meanwhile", async () => {
  net = virtualNetwork();
  slowDisk();
  const web = await net.web({ name: "w", staticDir: new URL(".", import.meta.url) });
  expect(web.address).toMatch(/:\d+$/);
  expect(net.clock.now()).toBe(0);
});

test("when a handler reads a file on a busy machine then its deadline does not pass meanwhile", async () => {
  net = virtualNetwork();
  await startGreeter(net, "d", async (request) => {
    slowDisk();
    await readFile(new URL(import.meta.url));
    return request;
  });
  expect(await net.run(net.client.unary("d", ask, { name: "Ada" }))).toEqual({ name: "Ada" });
  expect(net.clock.now()).toBe(0);
});

test("when time is real then it cannot be moved", async () => {
  net = createTestNetwork();
  await expect(net.advance(1)).rejects.toThrow('createTestNetwork({ time: "virtual" })');
});

test("when the way is slow then so is the call", async () => {
  net = virtualNetwork();
  await startGreeter(net, "d");
  const heal = net.inject({ to: "d", delayMs: 30 });
  await net.run(net.client.unary("d", tell, {}));
  expect(net.clock.now()).toBe(60);
  heal();
  await net.run(net.client.unary("d", tell, {}));
  expect(net.clock.now()).toBe(60);
});

test.each([
  ["the node is made to fail", { error: 1 }, 503, 0, 0],
  ["the request is dropped", { dropRequest: 1 }, 408, 0, 5000],
  ["the answer is dropped", { dropReply: 1 }, 408, 1, 5000],
  ["the connection breaks", { breakConnection: 1 }, 503, 1, 0],
])("when %s then the call fails as on a network", async (_, fault, code, handled, ms) => {
  net = virtualNetwork();
  let calls = 0;
  await startGreeter(net, "d", (request) => {
    calls += 1;
    return request;
  });
  net.inject({ to: "d", ...fault });
  expect((await failureOf(net.client.unary("d", tell, {}))).code).toBe(code);
  expect(calls).toBe(handled);
  expect(net.clock.now()).toBe(ms);
});

test("when two services are cut off from each other then others reach both, until it is healed", async () => {
  net = virtualNetwork();
  await startGreeter(net, "d");
  await startGreeter(net, "c", (request, service) => service.client.unary("d", tell, request));
  const heal = net.partition(["c"], ["d"]);
  await expect(failureOf(net.client.unary("c", tell, {}))).resolves.toMatchObject({
    code: 503,
    detail: "d, which greeter.Greeter/Tell needs, is not available",
  });
  await net.run(net.client.unary("d", tell, {}));
  heal();
  await net.advance(60_000);
  await net.run(net.client.unary("c", tell, {}));
});

test("when a node is killed then its calls are lost, its record stays, and the next call finds another at once", async () => {
  net = virtualNetwork();
  const aborted: string[] = [];
  const answer = async (request: { name: string }, service: Service) => {
    if (request.name === "slow") {
      currentContext()?.signal.addEventListener("abort", () => aborted.push(service.id));
      await sleep(net.clock, 1_000);
    }
    return { name: service.id };
  };
  const nodes = [await startGreeter(net, "d", answer), await startGreeter(net, "d", answer)];
  const { name: victimId } = await net.run(net.client.unary("d", tell, {}));
  const victim = nodes.find(({ id }) => id === victimId) as Service;
  const inFlight = net.client.unary(
    "d",
    tell,
    { name: "slow" },
    { filter: ({ node }) => node.id === victimId },
  );
  net.clock.after(100, () => net.kill(victim));
  expect(await failureOf(inFlight)).toMatchObject({
    code: 503,
    detail: `connection to ${victimId} lost: died`,
  });
  expect(aborted).toEqual([victimId]);
  expect((await net.registry.getService("d"))[0]?.nodes).toHaveLength(2);
  for (let call = 0; call < 20; call++)
    expect((await net.run(net.client.unary("d", tell, {}))).name).not.toBe(victimId);
  expect(net.clock.now()).toBe(100);
  await net.advance(60_000);
  expect((await net.registry.getService("d"))[0]?.nodes).toHaveLength(1);
});

test("when a service was killed then events no longer reach it, and it publishes none", async () => {
  net = virtualNetwork();
  const heard: string[] = [];
  const listen = (service: Service) =>
    service.server.subscribe("x", ask.input, () => void heard.push(service.id));
  const one = await net.service({ name: "one", setup: listen });
  const two = await net.service({ name: "two", setup: listen });
  net.kill(one);
  await net.client.publish("x", ask.input, {});
  await one.client.publish("x", ask.input, {});
  await net.advance(0);
  expect(heard).toEqual([two.id]);
});

async function story(seed: number): Promise<readonly string[]> {
  await using network = virtualNetwork(seed);
  for (let node = 0; node < 3; node++) await startGreeter(network, "d");
  network.inject({ to: "d", delayMs: [1, 400], error: 0.2, dropRequest: 0.05, dropReply: 0.05 });
  await offer(network, { perSecond: 50, seconds: 2 }, (index) =>
    network.client.unary("d", index % 2 === 0 ? ask : tell, {}),
  );
  return [...network.trace];
}

test("when a run is repeated with its seed then exactly the same happens", async () => {
  net = virtualNetwork();
  const first = await story(7);
  expect(first.length).toBeGreaterThan(100);
  expect(await story(7)).toEqual(first);
  expect(await story(8)).not.toEqual(first);
});

test("when a run fails then the error tells the seed that replays it", async () => {
  net = virtualNetwork();
  const seeds: number[] = [];
  const work = async (seed: number) => {
    seeds.push(seed);
    if (seeds.length === 3) throw new Error("broken");
  };
  await expect(forEachSeed(10, work)).rejects.toThrow(
    expect.objectContaining({
      message: expect.stringMatching(/^run 3 of 10 failed, MICRO_TEST_SEED=\d+ replays it alone: broken$/),
    }),
  );
  expect(new Set(seeds).size).toBe(3);
});

test.each<[object, string]>([
  [{ eror: 1 }, "a fault has no eror"],
  [{ error: 3 }, "error is a probability from 0 to 1, not 3"],
  [{ dropReply: Number.NaN }, "dropReply is a probability from 0 to 1, not NaN"],
  [{ delayMs: [20, 10] }, "delayMs is a time or [shortest, longest], not [20,10]"],
  [{ delayMs: -1 }, "delayMs is a time or [shortest, longest], not -1"],
])("when a fault is %j, which can never happen, then it is refused", (fault, message) => {
  const network = createTestNetwork({ time: "virtual", seed: 1 });
  expect(() => network.inject(fault)).toThrow(message);
});
