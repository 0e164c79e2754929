import type { Broker } from "../broker/index.ts";
import type { Client } from "../client/index.ts";
import type { Registry } from "../registry/index.ts";
import type { Service, ServiceOptions, WebService, WebServiceOptions } from "../service/index.ts";

export interface TestServiceOptions
  extends Omit<ServiceOptions, "registry" | "broker" | "transport" | "client"> {
  /** Registers the handlers; called before the service starts. */
  readonly setup?: ((service: Service) => void | Promise<void>) | undefined;
}

export interface TestWebOptions extends Omit<WebServiceOptions, "registry" | "broker" | "client"> {
  /** Gives the application with `service.handle(...)`; called before the service starts. */
  readonly setup?: ((service: WebService) => void | Promise<void>) | undefined;
}

/**
 * Several services in one process: one memory registry and broker, no ports, no timers that need waiting for. Calls
 * take the way of real ones (interceptors, selector, codec, deadline) but no wire.
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

export function createTestNetwork(): TestNetwork {
  throw new Error("not yet");
}
