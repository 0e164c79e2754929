import { afterEach, expect, it, vi } from "vitest";
import { unavailable } from "../../../src/runtime/errors/index.ts";
import { createMemoryRegistry, type Registry, type Service } from "../../../src/runtime/registry/index.ts";
import {
  type CreateSelectorOptions,
  createSelector,
  type Outcome,
  type Selector,
  type StrategyName,
} from "../../../src/runtime/selector/index.ts";
import { createManualClock } from "../registry/manual-clock.ts";

const GREETER = "go.micro.srv.greeter";

function record(nodes: number, name = GREETER, version = "latest"): Service {
  return {
    name,
    version,
    metadata: {},
    endpoints: [],
    nodes: Array.from({ length: nodes }, (_, i) => ({
      id: `${version}-${i}`,
      address: `127.0.0.1:${9000 + i}`,
      metadata: {},
    })),
  };
}

/** Numbers that look random and are the same each run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const open: (Selector | Registry)[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close();
});

function setUp(options: Partial<CreateSelectorOptions> = {}) {
  const registry = options.registry ?? createMemoryRegistry();
  const clock = createManualClock();
  const selector = createSelector({ clock, random: seeded(7), ...options, registry });
  open.push(selector, registry);
  const call = async (outcome: Outcome = "success", name = GREETER): Promise<string> => {
    const { node } = await selector.next(name);
    selector.report(node, outcome);
    return node.id;
  };
  /** How often each node served. */
  const spread = async (calls: number): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {};
    for (let i = 0; i < calls; i++) {
      const id = await call();
      counts[id] = (counts[id] ?? 0) + 1;
    }
    return counts;
  };
  return { registry, clock, selector, call, spread };
}

it.each<StrategyName>(["random", "roundRobin", "leastLoaded"])(
  "with %s, each of two nodes serves 25 to 75 of 100 calls",
  async (strategy) => {
    const { registry, spread } = setUp({ strategy });
    await registry.register(record(2));
    const counts = Object.values(await spread(100));
    expect(counts).toHaveLength(2);
    for (const count of counts) expect(count).toBeGreaterThanOrEqual(25);
  },
);

it.each<StrategyName>(["random", "leastLoaded"])(
  "with %s, ten idle nodes share 10,000 calls within a tenth",
  async (strategy) => {
    const { registry, spread } = setUp({ strategy });
    await registry.register(record(10));
    const counts = Object.values(await spread(10_000));
    expect(counts).toHaveLength(10);
    // Binomial, sigma = 30: 100 is more than three of them.
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(100);
  },
);

it("round robin gives every node its turn before any has a second, service by service", async () => {
  const { registry, selector } = setUp({ strategy: "roundRobin" });
  await registry.register(record(3));
  await registry.register(record(2, "other", "o"));
  const turns: string[] = [];
  for (let i = 0; i < 6; i++) {
    turns.push((await selector.next(GREETER)).node.id);
    await selector.next("other");
  }
  expect(new Set(turns.slice(0, 3)).size).toBe(3);
  expect(turns.slice(3)).toEqual(turns.slice(0, 3));
});

it("least loaded keeps away from a node that does not answer", async () => {
  const { registry, selector } = setUp();
  await registry.register(record(3));
  const inFlight: Record<string, number> = { "latest-0": 0, "latest-1": 0, "latest-2": 0 };
  for (let i = 0; i < 300; i++) {
    const { node } = await selector.next(GREETER);
    inFlight[node.id]!++;
    if (node.id !== "latest-0") {
      selector.report(node, "success");
      inFlight[node.id]!--;
    }
  }
  // One of three pairs is free of node 0, in the others it loses from its first waiting call on.
  expect(inFlight["latest-0"]).toBe(1);
});

it("a strategy of one's own is asked with the load of each node", async () => {
  const loads: number[][] = [];
  const { registry, selector } = setUp({
    strategy: () => (candidates, loadOf) => {
      loads.push(candidates.map(({ node }) => loadOf(node).inFlight));
      return candidates[0]!;
    },
  });
  await registry.register(record(2));
  const first = await selector.next(GREETER);
  await selector.next(GREETER);
  selector.report(first.node, "success");
  await selector.next(GREETER);
  expect(loads).toEqual([
    [0, 0],
    [1, 0],
    [1, 0],
  ]);
});

it("a node whose connection failed is avoided for 1 s, then 2 s, until it answers", async () => {
  const { registry, clock, selector, spread } = setUp({ strategy: "random" });
  await registry.register(record(2));
  const bad = record(2).nodes[0]!;
  const servesBad = async () => "latest-0" in (await spread(50));
  const fail = async () => {
    const { node } = await selector.next(GREETER, { filter: ({ node }) => node.id === bad.id });
    selector.report(node, "failure");
  };
  await fail();
  expect(await servesBad()).toBe(false);
  clock.advance(999);
  expect(await servesBad()).toBe(false);
  clock.advance(1);
  await fail();
  clock.advance(1_999);
  expect(await servesBad()).toBe(false);
  clock.advance(1);
  expect(await servesBad()).toBe(true);
  await fail();
  clock.advance(1_000);
  expect(await servesBad()).toBe(true);
});

it("calls that fail together count as one failure", async () => {
  const { registry, clock, selector, spread } = setUp({ strategy: "random" });
  await registry.register(record(2));
  const waiting = await Promise.all(Array.from({ length: 32 }, () => selector.next(GREETER)));
  for (const { node } of waiting) selector.report(node, node.id === "latest-0" ? "failure" : "success");
  expect(Object.keys(await spread(50))).toEqual(["latest-1"]);
  clock.advance(1_000);
  expect(Object.keys(await spread(50))).toContain("latest-0");
});

it("when every node failed, all are tried rather than none", async () => {
  const { registry, call, spread } = setUp({ strategy: "random" });
  await registry.register(record(2));
  const tried = new Set<string>();
  for (let i = 0; i < 50; i++) tried.add(await call("failure"));
  expect(tried.size).toBe(2);
  await call();
  // One that answers again is preferred from then on.
  expect(Object.keys(await spread(50))).toHaveLength(1);
});

it("the same id at a new address is a new chance", async () => {
  const { registry, call } = setUp();
  await registry.register(record(2));
  while ((await call("failure")) !== "latest-0");
  const restarted = { ...record(1), nodes: [{ id: "latest-0", address: "127.0.0.1:1", metadata: {} }] };
  await registry.register(restarted);
  await registry.deregister({ ...record(2), nodes: [record(2).nodes[1]!] });
  expect(await call()).toBe("latest-0");
});

it("a call tries the nodes it has not tried, and the others again when none is left", async () => {
  const { registry, selector } = setUp();
  await registry.register(record(3));
  const exclude = new Set(["latest-0", "latest-2"]);
  for (let i = 0; i < 20; i++) expect((await selector.next(GREETER, { exclude })).node.id).toBe("latest-1");
  exclude.add("latest-1");
  expect((await selector.next(GREETER, { exclude })).node.id).toMatch(/^latest-/);
});

it("a filter that accepts no node is a 404 that says so", async () => {
  const { registry, selector } = setUp();
  await registry.register(record(2));
  await expect(
    selector.next(GREETER, { filter: ({ service }) => service.version === "2" }),
  ).rejects.toMatchObject({
    code: 404,
    detail: `service ${GREETER} in registry memory: the call's filter did not accept any of its 2 nodes`,
  });
});

it("an unknown service is a 404 that names the registry and what was perhaps meant", async () => {
  const { registry, selector } = setUp();
  await registry.register(record(1));
  await registry.register(record(1, "go.micro.api.greeter"));
  await registry.register(record(1, "com.example.billing"));
  await expect(selector.next("go.micro.srv.greter")).rejects.toMatchObject({
    code: 404,
    detail: `service go.micro.srv.greter not found in registry memory; did you mean ${GREETER}?`,
  });
  await expect(selector.next("greeter")).rejects.toMatchObject({
    detail: `service greeter not found in registry memory; did you mean go.micro.api.greeter or ${GREETER}?`,
  });
  await expect(selector.next("constructor")).rejects.toMatchObject({
    detail: "service constructor not found in registry memory",
  });
});

it("callers asking at the same time share one lookup, and later ones need none", async () => {
  const { registry, selector } = setUp();
  const getService = vi.spyOn(registry, "getService");
  await registry.register(record(2));
  await Promise.all(Array.from({ length: 100 }, () => selector.next(GREETER)));
  await selector.next(GREETER);
  expect(getService).toHaveBeenCalledTimes(1);
});

it("a missing service is asked for once a second, and found at once when it registers", async () => {
  const { registry, clock, call } = setUp();
  const getService = vi.spyOn(registry, "getService");
  await expect(call()).rejects.toMatchObject({ code: 404 });
  await expect(call()).rejects.toMatchObject({ code: 404 });
  expect(getService).toHaveBeenCalledTimes(1);
  clock.advance(1_000);
  await expect(call()).rejects.toMatchObject({ code: 404 });
  expect(getService).toHaveBeenCalledTimes(2);
  await registry.register(record(1));
  await settled();
  expect(await call()).toBe("latest-0");
});

it("nodes that come and go are seen without asking again", async () => {
  const { registry, call, spread } = setUp({ strategy: "roundRobin" });
  await registry.register(record(1));
  await call();
  const getService = vi.spyOn(registry, "getService");
  await registry.register(record(3));
  await settled();
  expect(Object.keys(await spread(30))).toHaveLength(3);
  await registry.deregister({ ...record(2) });
  await settled();
  expect(Object.keys(await spread(30))).toEqual(["latest-2"]);
  expect(getService).not.toHaveBeenCalled();
});

it("a change seen while the lookup runs is not undone by its answer", async () => {
  const memory = createMemoryRegistry();
  await memory.register(record(2));
  let release = () => {};
  const registry: Registry = {
    ...memory,
    async getService(name) {
      const found = await memory.getService(name);
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return found;
    },
  };
  const { selector } = setUp({ registry });
  const asked = selector.next(GREETER);
  await settled();
  await memory.deregister(record(1));
  await settled();
  release();
  expect((await asked).node.id).toBe("latest-1");
});

it("while the registry is away its last answer is used, and the registry asked once a second", async () => {
  const { registry, clock, call } = setUp();
  await registry.register(record(1));
  await call();
  const getService = vi.spyOn(registry, "getService").mockRejectedValue(unavailable("x", "registry down"));
  for (let second = 0; second < 120; second++) {
    clock.advance(1_000);
    for (let i = 0; i < 10; i++) expect(await call()).toBe("latest-0");
    await settled();
  }
  expect(getService.mock.calls.length).toBeGreaterThan(80);
  expect(getService.mock.calls.length).toBeLessThanOrEqual(120);
});

it("a registry that is away from the start is its own error, not a 404", async () => {
  const { registry, call } = setUp();
  vi.spyOn(registry, "getService").mockRejectedValue(unavailable("x", "registry etcd (127.0.0.1:2379) down"));
  await expect(call()).rejects.toMatchObject({ code: 503, detail: "registry etcd (127.0.0.1:2379) down" });
});

it("a service in use is looked up again before its answer is old, and nobody waits for it", async () => {
  const { registry, clock, call } = setUp();
  await registry.register(record(1));
  await call();
  const getService = vi.spyOn(registry, "getService").mockReturnValue(new Promise(() => {}));
  clock.advance(30_000);
  expect(await call()).toBe("latest-0");
  expect(getService).toHaveBeenCalledTimes(1);
});

it("after a reset the registry is asked again", async () => {
  const memory = createMemoryRegistry();
  let reset = () => {};
  const registry: Registry = {
    ...memory,
    async *watch() {
      await new Promise<void>((resolve) => {
        reset = resolve;
      });
      yield { action: "reset" };
    },
  };
  const { call } = setUp({ registry });
  await memory.register(record(1));
  await call();
  const getService = vi.spyOn(registry, "getService");
  reset();
  await settled();
  await call();
  expect(getService).toHaveBeenCalledTimes(1);
});

it("a caller that gives up does not end the lookup of the others", async () => {
  const memory = createMemoryRegistry();
  await memory.register(record(1));
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { selector } = setUp({
    registry: { ...memory, getService: (name, options) => held.then(() => memory.getService(name, options)) },
  });
  const stop = new AbortController();
  const impatient = selector.next(GREETER, { signal: stop.signal });
  const patient = selector.next(GREETER);
  const reason = new Error("enough");
  stop.abort(reason);
  await expect(impatient).rejects.toBe(reason);
  release();
  expect((await patient).node.id).toBe("latest-0");
});

it("a pick among 10,000 nodes copies no list", async () => {
  const seen = new Set<unknown>();
  const { registry, selector } = setUp({
    strategy: () => (candidates) => {
      seen.add(candidates);
      return candidates[5_000]!;
    },
  });
  await registry.register(record(10_000));
  for (let i = 0; i < 100; i++) await selector.next(GREETER);
  expect(seen.size).toBe(1);
});

it("a flood of nodes stops at 10,000", async () => {
  let most = 0;
  const { registry, selector } = setUp({
    strategy: () => (candidates) => {
      most = candidates.length;
      return candidates[0]!;
    },
  });
  await registry.register(record(9_999));
  await selector.next(GREETER);
  await registry.register(record(10_005));
  await settled();
  await selector.next(GREETER);
  expect(most).toBe(10_000);
});

it("a thousand names that do not exist do not push out one that does", async () => {
  const { registry, selector, call } = setUp();
  await registry.register(record(1));
  await call();
  const getService = vi.spyOn(registry, "getService");
  for (let i = 0; i < 1_500; i++) await expect(selector.next(`x${i}`)).rejects.toMatchObject({ code: 404 });
  getService.mockClear();
  await call();
  expect(getService).not.toHaveBeenCalled();
});

/** Lets everything that is ready run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Calls of which those to `bad` nodes end with an error; the nodes that served. */
async function served(
  { selector }: ReturnType<typeof setUp>,
  bad: readonly string[],
  calls: number,
): Promise<Set<string>> {
  const nodes = new Set<string>();
  for (let index = 0; index < calls; index++) {
    const { node } = await selector.next(GREETER);
    selector.report(node, bad.includes(node.id) ? "error" : "success");
    nodes.add(node.id);
  }
  return nodes;
}

it("avoids a node after five errors in a row, for a second, then twice as long", async () => {
  const setup = setUp();
  await setup.registry.register(record(3));
  const bad = ["latest-1"];
  await served(setup, bad, 30);
  expect(await served(setup, bad, 50)).toEqual(new Set(["latest-0", "latest-2"]));
  setup.clock.advance(1_000);
  expect(await served(setup, bad, 30)).toContain("latest-1");
  setup.clock.advance(1_999);
  expect(await served(setup, bad, 50)).not.toContain("latest-1");
  setup.clock.advance(1);
  expect(await served(setup, [], 50)).toContain("latest-1");
});

it("forgets errors that are not in a row", async () => {
  const { registry, selector, spread } = setUp();
  await registry.register(record(1));
  for (let index = 0; index < 40; index++) {
    const { node } = await selector.next(GREETER);
    selector.report(node, index % 5 === 4 ? "success" : "error");
  }
  await registry.register({ ...record(2), nodes: record(2).nodes.slice(1) });
  expect(Object.keys(await spread(50))).toHaveLength(2);
});

it("uses all nodes again when more than half of them answer with errors", async () => {
  const setup = setUp();
  await setup.registry.register(record(4));
  await served(setup, ["latest-0", "latest-1"], 60);
  expect(await served(setup, ["latest-0", "latest-1"], 50)).toEqual(new Set(["latest-2", "latest-3"]));
  const most = ["latest-0", "latest-1", "latest-2"];
  await served(setup, most, 60);
  expect((await served(setup, most, 50)).size).toBe(4);
});

it("tells who listens which nodes joined and left a service in use", async () => {
  const { registry, selector, call } = setUp();
  const changes: string[] = [];
  const stop = selector.watchNodes?.(({ service, joined, left }) => {
    changes.push(`${service} +${joined.map(({ id }) => id)} -${left.map(({ id }) => id)}`);
  });
  await registry.register(record(1));
  await call();
  await registry.register({ ...record(2), nodes: record(2).nodes.slice(1) });
  await registry.register(record(1, "somebody.else"));
  await registry.deregister(record(1));
  await vi.waitFor(() => expect(changes).toHaveLength(2));
  expect(changes).toEqual([`${GREETER} +latest-1 -`, `${GREETER} + -latest-0`]);
  stop?.();
});
