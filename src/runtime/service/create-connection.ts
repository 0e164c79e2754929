import type { Broker } from "../broker/index.ts";
import type { Client } from "../client/index.ts";
import type { Registry } from "../registry/index.ts";
import type { Transport } from "../transport/index.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { createParts } from "./parts.ts";
import type { CommonOptions } from "./service.ts";

/** What a program needs that calls services and is none itself: a gateway, a command, a job. */
export interface Connection {
  readonly client: Client;
  readonly registry: Registry;
  /** Not connected yet: `await broker.connect()` before the first publish. */
  readonly broker: Broker;
  /** How nodes are reached, for what is no call. */
  readonly transport: Transport;
  /** Closes what was made here, not what was given. */
  close(): Promise<void>;
}

/**
 * Client, registry and broker by the same options, environment and flags as a service's, without being one: nothing
 * listens, nothing is registered, nothing is opened before the first call. Rejects with ConfigurationError for options
 * that make no sense, all of them named.
 */
export async function createConnection(options: CommonOptions): Promise<Connection> {
  const { client, registry, broker, transport, problems, close } = await createParts(options);
  if (problems.length > 0) {
    await close();
    throw new ConfigurationError(problems);
  }
  return { client, registry, broker, transport, close };
}
