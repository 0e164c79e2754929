import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createMemoryBroker } from "../../../src/runtime/broker/index.ts";
import type { Client } from "../../../src/runtime/client/index.ts";
import { unavailable } from "../../../src/runtime/errors/index.ts";
import { createLog, createRecentRecords } from "../../../src/runtime/log/index.ts";
import { createMemoryRegistry, type Registry, systemClock } from "../../../src/runtime/registry/index.ts";
import type { CommonOptions } from "../../../src/runtime/service/index.ts";
import { createLifecycle, type LifecycleOptions } from "../../../src/runtime/service/lifecycle.ts";
import type { Parts } from "../../../src/runtime/service/parts.ts";
import { readSettings } from "../../../src/runtime/service/read-settings.ts";
import type { Transport } from "../../../src/runtime/transport/index.ts";

interface Setup extends LifecycleOptions {
  readonly registry?: Registry;
  readonly bound?: string;
  readonly problems?: string[];
  readonly options?: Partial<CommonOptions>;
}

/** A life cycle whose every step is written down. */
function setUp({ registry = createMemoryRegistry(), bound = "127.0.0.1:9", ...rest }: Setup = {}) {
  const steps: string[] = [];
  const note =
    <A extends unknown[], R>(step: string, work: (...args: A) => R) =>
    (...args: A): R => {
      steps.push(step);
      return work(...args);
    };
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const broker = createMemoryBroker();
  const parts: Parts = {
    settings: readSettings({ name: "go.micro.srv.greeter", args: [], env: {}, ...rest.options }).settings,
    id: "go.micro.srv.greeter-1",
    clock: systemClock,
    random: Math.random,
    logger: createLog({ origin: {}, sinks: [({ message }) => say(message)] }),
    recent: createRecentRecords(),
    registry: {
      ...registry,
      register: note("register", registry.register),
      deregister: note("deregister", registry.deregister),
    },
    broker: { ...broker, connect: note("connect", broker.connect) },
    transport: {} as Transport,
    client: {} as Client,
    observers: {
      metrics: undefined,
      spans: undefined,
      findTrace: undefined,
      serverInterceptors: [],
      clientInterceptors: [],
      publishInterceptors: [],
      pages: {},
    },
    problems: rest.problems ?? [],
    question: undefined,
    address: ":0",
    close: note("close", async () => {}),
  };
  const lifecycle = createLifecycle(
    parts,
    {
      describe: async () => ({ endpoints: [], metadata: { protocol: "grpc" } }),
      start: note("listen", async () => bound),
      stop: note("finish calls", async () => {}),
    },
    { drainDelayMs: 0, onStopping: () => steps.push("not ready"), ...rest },
  );
  return { steps, lines, lifecycle, registry };
}

describe("starting and stopping", () => {
  test("when a service lives then it does everything in the right order", async () => {
    const { lifecycle, steps } = setUp();
    await lifecycle.start();
    await lifecycle.stop();
    expect(steps).toEqual([
      ...["connect", "listen", "register"],
      ...["not ready", "deregister", "finish calls", "close"],
    ]);
  });

  test("when a service has started then the registry tells its node", async () => {
    const { lifecycle, registry } = setUp({ options: { metadata: { zone: "a" }, version: "2" } });
    await lifecycle.start();
    expect(await registry.getService("go.micro.srv.greeter")).toEqual([
      {
        name: "go.micro.srv.greeter",
        version: "2",
        metadata: {},
        endpoints: [],
        nodes: [
          {
            id: "go.micro.srv.greeter-1",
            address: "127.0.0.1:9",
            metadata: { protocol: "grpc", zone: "a", uses: "off" },
          },
        ],
      },
    ]);
    await lifecycle.stop();
    expect(await registry.getService("go.micro.srv.greeter")).toEqual([]);
  });

  test.each([
    ["127.0.0.1:9", undefined, /^127\.0\.0\.1:9$/],
    ["[::]:9", undefined, /^[\d.]+:9$/],
    ["0.0.0.0:9", "10.1.2.3", /^10\.1\.2\.3:9$/],
    ["0.0.0.0:9", "example.com:80", /^example\.com:80$/],
    ["0.0.0.0:9", "::1", /^\[::1\]:9$/],
    ["0.0.0.0:9", "[::1]:80", /^\[::1\]:80$/],
    ["direct:node-1", undefined, /^direct:node-1$/],
  ])(
    "when bound to %s and told to advertise %s then others are told %s",
    async (bound, advertise, address) => {
      const { lifecycle } = setUp({ bound, options: { advertise } });
      await lifecycle.start();
      expect(lifecycle.address).toMatch(address);
      await lifecycle.stop();
    },
  );

  test("when it is stopped twice or before it started then that is fine", async () => {
    const { lifecycle, steps } = setUp();
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    expect(steps).toEqual(["not ready", "close"]);
    await expect(lifecycle.start()).rejects.toThrow("go.micro.srv.greeter was stopped");
  });

  test("when it is stopped in the middle of its start then the start ends first", async () => {
    const { lifecycle, steps } = setUp();
    const started = lifecycle.start();
    await lifecycle.stop();
    await started;
    expect(steps.indexOf("register")).toBeLessThan(steps.indexOf("deregister"));
    expect(steps.at(-1)).toBe("close");
  });

  test("when the options make no sense then nothing is opened and everything is said", async () => {
    const { lifecycle, steps } = setUp({ problems: ["first", "second"] });
    await expect(lifecycle.start()).rejects.toMatchObject({
      name: "ConfigurationError",
      message: "first\nsecond",
      problems: ["first", "second"],
    });
    expect(steps).toEqual(["not ready", "close"]);
  });
});

describe("the registry", () => {
  const record = async (registry: Registry) => (await registry.getService("go.micro.srv.greeter"))[0];
  /** A memory registry that fails while `away`. */
  function createShaky() {
    const registry = createMemoryRegistry();
    const state = { away: 0, registry, calls: 0 };
    return Object.assign(state, {
      registry: {
        ...registry,
        name: "etcd",
        address: "127.0.0.1:2379",
        register: async (...args: Parameters<Registry["register"]>) => {
          state.calls++;
          if (state.away-- > 0)
            throw unavailable("go.micro.registry", "etcd at 127.0.0.1:2379 does not answer");
          return registry.register(...args);
        },
      } satisfies Registry,
    });
  }

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("when it does not answer at first then the start tries three times", async () => {
    const shaky = createShaky();
    shaky.away = 2;
    const { lifecycle } = setUp({ registry: shaky.registry });
    const started = lifecycle.start();
    await vi.advanceTimersByTimeAsync(1_000);
    await started;
    expect(shaky.calls).toBe(3);
    expect(await record(shaky.registry)).toBeDefined();
  });

  test("when it never answers then the start fails with its error and leaves nothing open", async () => {
    const shaky = createShaky();
    shaky.away = 99;
    const { lifecycle, steps } = setUp({ registry: shaky.registry });
    const started = expect(lifecycle.start()).rejects.toThrow("etcd at 127.0.0.1:2379 does not answer");
    await vi.advanceTimersByTimeAsync(1_000);
    await started;
    expect(steps.slice(-3)).toEqual(["not ready", "finish calls", "close"]);
    expect(lifecycle.address).toBeUndefined();
  });

  test("when time goes by then the record is renewed before it runs out, until the stop", async () => {
    const { lifecycle, registry } = setUp();
    await lifecycle.start();
    await vi.advanceTimersByTimeAsync(200_000);
    expect(await record(registry)).toBeDefined();
    const stopped = lifecycle.stop();
    await vi.advanceTimersByTimeAsync(100);
    await stopped;
    expect(vi.getTimerCount()).toBe(0);
  });

  test("when a renewal fails then one line says so, and it is registered soon after", async () => {
    const shaky = createShaky();
    const { lifecycle, lines } = setUp({ registry: shaky.registry });
    await lifecycle.start();
    shaky.away = 5;
    await vi.advanceTimersByTimeAsync(40_000);
    expect(lines).toEqual([
      "go.micro.srv.greeter: cannot renew the registration in etcd (127.0.0.1:2379): etcd at 127.0.0.1:2379 does not answer",
      "go.micro.srv.greeter: registered again in etcd (127.0.0.1:2379)",
    ]);
  });

  test("when it is away at the stop then the stop goes on and says so", async () => {
    const registry = createMemoryRegistry();
    const { lifecycle, steps, lines } = setUp({
      registry: { ...registry, deregister: () => new Promise(() => {}) },
    });
    await lifecycle.start();
    const stopped = lifecycle.stop();
    await vi.advanceTimersByTimeAsync(3_100);
    await stopped;
    expect(steps.at(-1)).toBe("close");
    expect(lines).toEqual(["go.micro.srv.greeter: cannot deregister from memory: no answer within 3000 ms"]);
  });
});
