import { expect, test } from "vitest";
import { currentContext, type MicroError, type Service } from "../../../src/runtime/index.ts";
import { sleep } from "../../../src/runtime/registry/index.ts";
import { forEachSeed, type TestNetwork } from "../../../src/runtime/testing/index.ts";
import { ask, startGreeter, tell, virtualNetwork } from "./greeter-network.ts";

const RUNS = 1000;
const CALLS = 12;
/** What a handler may still do after its caller stopped waiting. */
const AFTERMATH_MS = 50;

interface Observed {
  readonly net: TestNetwork;
  /** How often each call reached the last service, by its name. */
  readonly handled: Map<string, number>;
  /** Milliseconds by which handlers worked on after their deadline. */
  readonly late: number[];
}

/** front -> middle (2 nodes) -> back (3 nodes); every handler works for a while and heeds its signal. */
async function startServices(observed: Observed): Promise<Service[]> {
  const { net, handled, late } = observed;
  const work = async (ms: number) => {
    const context = currentContext();
    const ended = new Promise<void>((resolve) => {
      context?.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await Promise.race([sleep(net.clock, ms), ended]);
    const over = net.clock.epochMs() - (context?.deadline ?? Number.POSITIVE_INFINITY);
    if (!context?.signal.aborted) late.push(over);
    context?.signal.throwIfAborted();
  };
  const back = Array.from({ length: 3 }, () =>
    startGreeter(net, "back", async (request) => {
      handled.set(request.name, (handled.get(request.name) ?? 0) + 1);
      await work(net.random.between(0, 20));
      return request;
    }),
  );
  const forward = (to: string) => async (request: { name: string }, service: Service) => {
    await work(net.random.between(0, 5));
    const method = request.name.startsWith("ask") ? ask : tell;
    return service.client.unary(to, method, request);
  };
  const middle = [1, 2].map(() => startGreeter(net, "middle", forward("back")));
  const front = startGreeter(net, "front", forward("middle"));
  return Promise.all([...back, ...middle, front]);
}

interface Outcome {
  readonly name: string;
  readonly error: MicroError | undefined;
  readonly ms: number;
  readonly timeoutMs: number;
}

/** Calls at random moments of two seconds, each with a time of its own. */
async function callAtRandom(net: TestNetwork): Promise<Outcome[]> {
  return Promise.all(
    Array.from({ length: CALLS }, async (_, index): Promise<Outcome> => {
      const name = `${net.random.chance(0.5) ? "ask" : "tell"} ${index}`;
      const timeoutMs = net.random.between(50, 3000);
      await sleep(net.clock, net.random.between(0, 2000));
      const begun = net.clock.now();
      const method = name.startsWith("ask") ? ask : tell;
      const error = await net.client.unary("front", method, { name }, { timeoutMs }).then(
        () => undefined,
        (reason: MicroError) => reason,
      );
      return { name, error, ms: net.clock.now() - begun, timeoutMs };
    }),
  );
}

async function everythingAtOnce(seed: number): Promise<void> {
  await using net = virtualNetwork(seed);
  const observed: Observed = { net, handled: new Map(), late: [] };
  const services = await startServices(observed);
  const { random } = net;
  net.inject({
    delayMs: [0, random.between(0, 200)],
    error: random() * 0.2,
    dropRequest: random() * 0.1,
    dropReply: random() * 0.1,
    breakConnection: random() * 0.1,
  });
  const trouble = async () => {
    await sleep(net.clock, random.between(0, 1000));
    if (random.chance(0.5)) net.kill(random.pick(services.slice(0, 5)));
    if (!random.chance(0.5)) return;
    const heal = net.partition([random.pick(["front", "middle"])], [random.pick(services).id]);
    await sleep(net.clock, random.between(100, 2000));
    heal();
  };
  const [outcomes] = await net.run(Promise.all([callAtRandom(net), trouble()]));
  await net.advance(AFTERMATH_MS);
  for (const { name, error, ms, timeoutMs } of outcomes) {
    // To the rounding of moments that are fractions of a millisecond.
    expect(ms, `${name} took longer than its time`).toBeLessThanOrEqual(timeoutMs + 0.01);
    const times = observed.handled.get(name) ?? 0;
    if (name.startsWith("tell")) expect(times, `${name} was worked on twice`).toBeLessThanOrEqual(1);
    if (error === undefined) expect(times, `${name} succeeded`).toBeGreaterThan(0);
    else expect([408, 503], `${name} failed with ${error.code} ${error.detail}`).toContain(error.code);
  }
  expect(Math.max(0, ...observed.late)).toBeLessThanOrEqual(AFTERMATH_MS);
  expect(net.waitedTimers, "timers are left").toBe(0);
}

async function oneNodeDies(seed: number): Promise<void> {
  await using net = virtualNetwork(seed);
  const services = await startServices({ net, handled: new Map(), late: [] });
  net.inject({ delayMs: [0, 20] });
  const killer = async () => {
    await sleep(net.clock, net.random.between(0, 2000));
    net.kill(net.random.pick(services.slice(0, 5)));
  };
  const calls = Array.from({ length: CALLS }, async (_, index) => {
    await sleep(net.clock, net.random.between(0, 2500));
    await net.client.unary("front", ask, { name: `ask ${index}` });
  });
  const [outcomes] = await net.run(Promise.all([Promise.allSettled(calls), killer()]));
  expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([]);
  expect(net.waitedTimers).toBe(0);
}

test(`in ${RUNS} random schedules no call is lost that may be repeated, calls keep their deadlines, nothing is done twice that must not be, and no timer is left`, async () => {
  await forEachSeed(RUNS, (seed) => (seed % 2 === 0 ? oneNodeDies(seed) : everythingAtOnce(seed)));
}, 120_000);

test("when a deadline passes four services deep then all work stops at once and no timer is left", async () => {
  await using net = virtualNetwork();
  const remaining: number[] = [];
  const ended: number[] = [];
  const chain = ["a", "b", "c", "d"];
  for (const [index, name] of chain.entries()) {
    await startGreeter(net, name, async (request, service) => {
      const context = currentContext();
      const end = () => ended.push(net.clock.now());
      remaining.push((context?.deadline ?? 0) - net.clock.epochMs());
      const next = chain[index + 1];
      if (next !== undefined) return service.client.unary(next, tell, request).finally(end);
      context?.signal.addEventListener("abort", end);
      await sleep(net.clock, 60_000);
      return request;
    });
  }
  const call = net.client.unary("a", tell, {}, { timeoutMs: 300 });
  await expect(net.run(call)).rejects.toMatchObject({ code: 408 });
  expect(remaining).toEqual([300, 295, 290, 285]);
  expect(ended).toHaveLength(4);
  expect(Math.max(...ended)).toBeLessThanOrEqual(300);
  // The last handler's own sleep, which heeds no signal, is all that is left.
  expect(net.waitedTimers).toBe(1);
  await net.advance(60_000);
  expect(net.waitedTimers).toBe(0);
});
