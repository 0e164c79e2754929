import { type Broker, createMemoryBroker } from "../broker/index.ts";
import { type Client, createClient } from "../client/index.ts";
import { forManyCalls } from "../context/index.ts";
import { unavailable } from "../errors/index.ts";
import { type Channel, createDirectChannel } from "../protocol/index.ts";
import { type Clock, createMemoryRegistry, type Registry, systemClock } from "../registry/index.ts";
import { createSelector } from "../selector/index.ts";
import { assembleService } from "../service/create-service.ts";
import { assembleWebService } from "../service/create-web-service.ts";
import {
  type RunningService,
  type Service,
  type ServiceOptions,
  silentLogger,
  type WebService,
  type WebServiceOptions,
} from "../service/index.ts";
import { checkFault } from "./check-fault.ts";
import { createFaults, type Faults } from "./faults.ts";
import { createFaultyChannel } from "./faulty-channel.ts";
import { mortalBroker, mortalRegistry } from "./mortal.ts";
import { createRandom, type Random } from "./random.ts";
import { givenSeed, newSeed } from "./seeds.ts";
import { createVirtualClock } from "./virtual-clock.ts";

type Fixed = "registry" | "broker" | "transport" | "client" | "server" | "args" | "env";

/** A service of the network; what the network itself decides cannot be set. */
export interface TestServiceOptions extends Omit<ServiceOptions, Fixed> {
  /** Registers the handlers; called before the service starts. */
  readonly setup?: ((service: Service) => void | Promise<void>) | undefined;
}

/** A web service of the network; what the network itself decides cannot be set. */
export interface TestWebOptions extends Omit<WebServiceOptions, Fixed> {
  /** Gives the application with `service.handle(...)`; called before the service starts. */
  readonly setup?: ((service: WebService) => void | Promise<void>) | undefined;
}

/** Settings of {@link createTestNetwork}. */
export interface TestNetworkOptions {
  /**
   * `virtual`: time stands still until `run` or `advance` moves it, and what happens is the same in every run with the
   * same seed. Default `real`.
   */
  readonly time?: "real" | "virtual" | undefined;
  /** Where chance comes from. Default: the variable `MICRO_TEST_SEED`, else any, which is told at the first fault. */
  readonly seed?: number | undefined;
}

/**
 * Several services in one process: one memory registry and broker, no ports, no timers that need waiting for. Calls
 * take the way of real ones (interceptors, selector, deadline, retries) but no wire, and whatever can happen on a network
 * can be made to happen to them.
 */
export interface TestNetwork extends Pick<Faults, "inject" | "partition"> {
  /** Calls services of this network. For faults its name is `test`. */
  readonly client: Client;
  readonly registry: Registry;
  readonly broker: Broker;
  /** The time of the network: for handlers that wait. */
  readonly clock: Clock;
  readonly seed: number;
  /** Chance for the test's own choices. */
  readonly random: Random;
  /** What happened to each attempt, with the time: `1204 test -> greeter-1 greeter.Greeter/Hello: answered`. The last 100,000. */
  readonly trace: readonly string[];
  /** Timers somebody waits for (deadlines, pauses) in virtual time: 0 when all calls are over. */
  readonly waitedTimers: number;
  /** A started service. Reads neither the command line nor the environment. */
  service(options: TestServiceOptions): Promise<Service>;
  /** A started web service on a free loopback port. */
  web(options: TestWebOptions): Promise<WebService>;
  /** As `kill -9`: calls in flight are lost, nothing is deregistered, its timers and events reach nobody any more. */
  kill(service: Service): void;
  /** Waits for `work`, moving virtual time as far as needed. */
  run<T>(work: Promise<T>): Promise<T>;
  /** Moves virtual time; rejects when time is real. */
  advance(ms: number): Promise<void>;
  /** Stops everything, latest first. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

interface NetworkNode {
  readonly name: string;
  readonly id: string;
  readonly channel: Channel;
  readonly death: AbortController;
}

const MAX_TRACE = 100_000;

/** An empty {@link TestNetwork}. Close it when the test is over. */
export function createTestNetwork(options: TestNetworkOptions = {}): TestNetwork {
  const virtual = options.time === "virtual" ? createVirtualClock() : undefined;
  const clock = virtual ?? systemClock;
  const given = options.seed ?? givenSeed();
  const seed = given ?? newSeed();
  const random = createRandom(seed);
  const faults = createFaults(random.fork());
  const registry = createMemoryRegistry({ clock });
  const broker = createMemoryBroker();
  const nodes = new Map<string, NetworkNode>();
  const deaths = new Map<RunningService, AbortController>();
  const trace: string[] = [];
  let told = given !== undefined;

  /** What a caller finds behind the address of a node. */
  function localNode(from: string, death: AbortSignal | undefined) {
    const channels = new Map<string, Channel>();
    return (address: string): Channel | undefined => {
      const node = nodes.get(address);
      const known = channels.get(address);
      if (node === undefined || known !== undefined) return known;
      const way = { from, to: node.name, node: node.id };
      const ends =
        death === undefined ? node.death.signal : forManyCalls(AbortSignal.any([death, node.death.signal]));
      const channel = createFaultyChannel({
        peer: { way, channel: node.channel, death: ends },
        faults,
        clock,
        trace(line) {
          if (trace.length >= MAX_TRACE) trace.splice(0, MAX_TRACE / 2);
          trace.push(`${Math.round(clock.now())} ${line}`);
        },
      });
      channels.set(address, channel);
      return channel;
    };
  }

  const selector = createSelector({ registry, clock, random: random.fork() });
  const client = createClient({
    selector,
    broker,
    clock,
    random: random.fork(),
    localNode: localNode("test", undefined),
  });
  const surroundings = { drainDelayMs: 0, graceMs: 1_000, args: [], env: {}, logger: silentLogger };
  let count = 0;

  async function started<T extends RunningService>(
    service: T,
    death: AbortController,
    setup: ((service: T) => void | Promise<void>) | undefined,
  ): Promise<T> {
    deaths.set(service, death);
    await setup?.(service);
    await run(service.start());
    return service;
  }
  function run<T>(work: Promise<T>): Promise<T> {
    return virtual === undefined ? work : virtual.run(work);
  }
  async function closeAll(): Promise<void> {
    for (const service of [...deaths.keys()].reverse()) await service.stop();
    deaths.clear();
    await client.close();
    await selector.close();
    await broker.close();
    await registry.close();
  }
  const close = () => run(closeAll());
  /** Registry, broker, time and chance for one service, which may die. */
  function partsFor(name: string, death: AbortController) {
    return {
      given: {
        ...surroundings,
        registry: mortalRegistry(registry, death.signal),
        broker: mortalBroker(broker, death.signal),
      },
      local: { clock, random: random.fork(), localNode: localNode(name, death.signal) },
    };
  }

  return {
    client,
    registry,
    broker,
    clock,
    seed,
    random,
    trace,
    get waitedTimers() {
      return virtual?.waitedTimers ?? 0;
    },
    async service({ setup, ...own }) {
      count += 1;
      const address = `direct:node-${count}`;
      const death = new AbortController();
      forManyCalls(death.signal);
      const { given: parts, local } = partsFor(own.name, death);
      const id = own.id ?? `${own.name}-${count}`;
      const service = await assembleService({ ...parts, ...own, id }, { address, ...local });
      const channel = createDirectChannel(service.server.dispatcher, clock);
      nodes.set(address, { name: service.name, id, channel, death });
      return started(service, death, setup);
    },
    async web({ setup, ...own }) {
      count += 1;
      const death = new AbortController();
      forManyCalls(death.signal);
      const { given: parts, local } = partsFor(own.name, death);
      const id = own.id ?? `${own.name}-${count}`;
      const service = await assembleWebService({ address: "127.0.0.1:0", ...parts, ...own, id }, local);
      return started(service, death, setup);
    },
    kill(service) {
      deaths.get(service)?.abort(unavailable(service.name, "the process was killed"));
    },
    inject(fault) {
      checkFault(fault);
      if (!told) console.error(`test network: MICRO_TEST_SEED=${seed} replays this run`);
      told = true;
      return faults.inject(fault);
    },
    partition: faults.partition,
    run,
    async advance(ms) {
      if (virtual === undefined)
        throw new Error('time moves by itself: createTestNetwork({ time: "virtual" })');
      await virtual.advance(ms);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
