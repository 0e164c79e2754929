import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createRoster } from "../../../src/runtime/broker/http/roster.ts";
import { unavailable } from "../../../src/runtime/errors/index.ts";
import {
  createMemoryRegistry,
  type Registry,
  type RegistryEvent,
  type Service,
} from "../../../src/runtime/registry/index.ts";

const NAME = "micro.http.broker";
const EVERYBODY = "ff.http.broadcast";
const record = (id: string, topic = "news", version = EVERYBODY): Service => ({
  name: NAME,
  version,
  metadata: {},
  endpoints: [],
  nodes: [{ id, address: "127.0.0.1:1", metadata: { broker: "http", topic } }],
});

/** A memory registry that counts look-ups, can be away, and tells nothing unless asked to. */
function setUp({ silent = false } = {}) {
  const memory = createMemoryRegistry();
  const state = { lookUps: 0, away: false };
  let tell: (event: RegistryEvent) => void = () => {};
  const registry: Registry = {
    ...memory,
    async getService(name, options) {
      state.lookUps++;
      if (state.away) throw unavailable("go.micro.registry", "registry is away");
      return memory.getService(name, options);
    },
    async *watch(options) {
      if (!silent) return yield* memory.watch(options);
      while (options?.signal?.aborted !== true) {
        yield await new Promise<RegistryEvent>((resolve) => {
          tell = resolve;
        });
      }
    },
  };
  const roster = createRoster(registry, NAME);
  const ids = async (topic = "news") =>
    ((await roster.subscribers(topic)).get(EVERYBODY) ?? []).map(({ id }) => id);
  return { registry, state, roster, ids, tell: (event: RegistryEvent) => tell(event) };
}

describe("who listens", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("when asked often then the registry is asked once", async () => {
    const { registry, state, ids } = setUp();
    await registry.register(record("1"));
    for (let count = 0; count < 5; count++) expect(await ids()).toEqual(["1"]);
    expect(await ids("other")).toEqual([]);
    expect(state.lookUps).toBe(1);
  });

  test("when subscribers come and go then the watch tells", async () => {
    const { registry, state, ids, roster } = setUp();
    await ids();
    await registry.register(record("1"));
    await registry.register(record("2", "news", "mail"));
    await vi.advanceTimersByTimeAsync(0);
    expect(await ids()).toEqual(["1"]);
    expect((await roster.subscribers("news")).get("mail")?.map(({ id }) => id)).toEqual(["2"]);
    await registry.deregister(record("1"));
    await vi.advanceTimersByTimeAsync(0);
    expect(await ids()).toEqual([]);
    expect(state.lookUps).toBe(1);
  });

  test("when another broker than http registered under the name then it is left out", async () => {
    const { registry, ids } = setUp();
    const foreign = record("1");
    foreign.nodes[0]!.metadata.broker = "nats";
    await registry.register(foreign);
    expect(await ids()).toEqual([]);
  });

  test("when a minute has gone by without a word then the registry is asked again, behind the next answer", async () => {
    const { registry, ids } = setUp({ silent: true });
    await ids();
    await registry.register(record("1"));
    expect(await ids()).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_001);
    expect(await ids()).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(await ids()).toEqual(["1"]);
  });

  test("when the watch says that something was missed then the registry is asked again", async () => {
    const { registry, ids, tell } = setUp({ silent: true });
    await ids();
    await registry.register(record("1"));
    tell({ action: "reset" });
    await vi.advanceTimersByTimeAsync(0);
    expect(await ids()).toEqual(["1"]);
  });

  test("when a subscriber was not reached then the registry is asked again, once a second at most", async () => {
    const { state, ids, roster } = setUp({ silent: true });
    await ids();
    roster.doubt();
    await ids();
    expect(state.lookUps).toBe(1);
    await vi.advanceTimersByTimeAsync(1_001);
    roster.doubt();
    await ids();
    roster.doubt();
    await ids();
    expect(state.lookUps).toBe(2);
  });

  test("when the registry is away then what is known is used, and an error when nothing is", async () => {
    const { registry, state, ids } = setUp();
    state.away = true;
    await expect(ids()).rejects.toThrow("registry is away");
    state.away = false;
    await registry.register(record("1"));
    expect(await ids()).toEqual(["1"]);
    state.away = true;
    await vi.advanceTimersByTimeAsync(60_001);
    expect(await ids()).toEqual(["1"]);
  });

  test("when something changes during the look-up then it is not forgotten", async () => {
    const { state, ids, roster } = setUp({ silent: true });
    const asked = ids();
    roster.apply({ action: "create", service: record("late") });
    expect(await asked).toEqual(["late"]);
    expect(state.lookUps).toBe(1);
  });
});

test("when somebody makes up a flood of subscribers then it stops at 10,000, and those known before stay", async () => {
  const registry = createMemoryRegistry();
  await registry.register(record("first"));
  const roster = createRoster(registry, NAME);
  await roster.subscribers("news");
  for (let count = 0; count < 12_000; count++) {
    const version = count % 2 === 0 ? EVERYBODY : "mail";
    roster.apply({ action: "create", service: record(`made-up-${count}`, "news", version) });
  }
  const found = await roster.subscribers("news");
  expect((found.get(EVERYBODY)?.length ?? 0) + (found.get("mail")?.length ?? 0)).toBe(10_000);
  expect(found.get(EVERYBODY)?.[0]?.id).toBe("first");
  roster.close();
});

test("when somebody registers a subscriber where no service can be then it is no subscriber, unless allowed", async () => {
  const registry = createMemoryRegistry();
  await registry.register(record("good"));
  for (const [id, address] of [
    ["metadata", "169.254.169.254:80"],
    ["nobody", "127.0.0.1:0"],
  ] as const) {
    const poisoned = record(id);
    await registry.register({ ...poisoned, nodes: poisoned.nodes.map((node) => ({ ...node, address })) });
  }
  const roster = createRoster(registry, NAME);
  expect((await roster.subscribers("news")).get(EVERYBODY)?.map(({ id }) => id)).toEqual(["good"]);
  roster.close();
  const trusting = createRoster(registry, NAME, () => true);
  expect((await trusting.subscribers("news")).get(EVERYBODY)).toHaveLength(3);
  trusting.close();
});
