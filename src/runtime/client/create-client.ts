import type { Broker } from "../broker/index.ts";
import type { Dispatcher } from "../protocol/index.ts";
import type { Selector } from "../selector/index.ts";
import type { Transport } from "../transport/index.ts";
import type { Client, ClientInterceptor } from "./client.ts";

export interface ClientOptions {
  /** Name of the service that calls, sent as `micro-from-service`. Default: nothing is sent. */
  readonly name?: string | undefined;
  /** Without one, only calls with `address` and calls inside the process work. Not closed by the client. */
  readonly selector?: Selector | undefined;
  /** How nodes are reached. Without one, only calls inside the process work. */
  readonly transport?: Transport | undefined;
  /** Where `publish` sends. Neither connected nor closed by the client. */
  readonly broker?: Broker | undefined;
  /** First listed is outermost. */
  readonly interceptors?: readonly ClientInterceptor[] | undefined;
  /** The protocol taken when a node offers several, `grpc` (default) or `json`. */
  readonly protocol?: string | undefined;
  /** Overall time of a unary call. Default 5000. */
  readonly timeoutMs?: number | undefined;
  /** Attempts after the first. Default 1. */
  readonly retries?: number | undefined;
  /** `application/protobuf` (default) or `application/json`. */
  readonly contentType?: string | undefined;
  /** Largest message accepted, after inflating. Default 4 MiB. */
  readonly maxMessageBytes?: number | undefined;
  /** Idle connections kept per node, for protocols that carry one call at a time (`json`). Default 100. */
  readonly poolSize?: number | undefined;
  /** How long an idle connection is kept. Default 60000. */
  readonly poolTtlMs?: number | undefined;
  /** A service of this very process: called without selector and wire. */
  readonly localService?: ((service: string) => Dispatcher | undefined) | undefined;
  /** What stands behind the address of a node that registered `protocol=direct`: selected as usual, called without wire. */
  readonly localNode?: ((address: string) => Dispatcher | undefined) | undefined;
}

/** Puts a client together. Connections are opened by the first call that needs them. */
export function createClient(options: ClientOptions = {}): Client {
  throw new Error(`not yet: ${options.name}`);
}
