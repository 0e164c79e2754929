import { type Broker, createMemoryBroker } from "../broker/index.ts";
import { type Client, createClient } from "../client/index.ts";
import type { Dispatcher } from "../protocol/index.ts";
import { createMemoryRegistry, type Registry } from "../registry/index.ts";
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

/**
 * Several services in one process: one memory registry and broker, no ports, no timers that need waiting for. Calls
 * take the way of real ones (interceptors, selector, deadline) but no wire.
 */
export interface TestNetwork {
  /** Calls services of this network. */
  readonly client: Client;
  readonly registry: Registry;
  readonly broker: Broker;
  /** A started service. Reads neither the command line nor the environment. */
  service(options: TestServiceOptions): Promise<Service>;
  /** A started web service on a free loopback port. */
  web(options: TestWebOptions): Promise<WebService>;
  /** Stops everything, latest first. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** An empty {@link TestNetwork}. Close it when the test is over. */
export function createTestNetwork(): TestNetwork {
  const registry = createMemoryRegistry();
  const broker = createMemoryBroker();
  const nodes = new Map<string, Dispatcher>();
  const running: RunningService[] = [];
  const localNode = (address: string) => nodes.get(address);
  const selector = createSelector({ registry });
  const client = createClient({ selector, broker, localNode });
  const surroundings = {
    registry,
    broker,
    drainDelayMs: 0,
    graceMs: 1_000,
    args: [],
    env: {},
    logger: silentLogger,
  };
  let count = 0;

  async function started<T extends RunningService>(
    service: T,
    setup: ((service: T) => void | Promise<void>) | undefined,
  ): Promise<T> {
    running.push(service);
    await setup?.(service);
    await service.start();
    return service;
  }
  async function close(): Promise<void> {
    for (const service of running.splice(0).reverse()) await service.stop();
    await client.close();
    await selector.close();
    await broker.close();
    await registry.close();
  }

  return {
    client,
    registry,
    broker,
    async service({ setup, ...options }) {
      count += 1;
      const address = `direct:node-${count}`;
      const service = await assembleService({ ...surroundings, ...options }, { address, localNode });
      nodes.set(address, service.server.dispatcher);
      return started(service, setup);
    },
    async web({ setup, ...options }) {
      const service = await assembleWebService(
        { ...surroundings, address: "127.0.0.1:0", ...options },
        { localNode },
      );
      return started(service, setup);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
