import type { Broker } from "../broker/index.ts";
import type { Http2Engine } from "../http2/index.ts";
import type { TypeRegistry } from "../protobuf/index.ts";
import type { Channel, Dispatcher, HttpVersion } from "../protocol/index.ts";
import type { Clock } from "../registry/index.ts";
import type { Selector } from "../selector/index.ts";
import type { Transport } from "../transport/index.ts";
import { checkPolicy, POLICY_NAMES, unknownOption } from "./check-policy.ts";
import type { ClientInterceptor, PublishInterceptor } from "./client.ts";
import type { ClientPolicy } from "./policy.ts";

/** Settings of a client. */
export interface ClientOptions extends ClientPolicy {
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
  /** Around `publish`; first listed is outermost. */
  readonly publishInterceptors?: readonly PublishInterceptor[] | undefined;
  /** The protocol taken when a node offers several: `grpc` (default), `connect`, `grpc-web` or `json`. */
  readonly protocol?: string | undefined;
  /** HTTP under Connect, gRPC-Web (default `2`) and JSON (default `1.1`). gRPC is HTTP/2. */
  readonly httpVersion?: HttpVersion | undefined;
  /** `application/protobuf` (default) or `application/json`. */
  readonly contentType?: string | undefined;
  /** What `google.protobuf.Any` may hold in JSON, as `typeRegistry` makes it. Default: nothing, an Any is refused there. */
  readonly types?: TypeRegistry | undefined;
  /** How requests are compressed: `gzip`, `br`, `zstd` (Node 22.15). Default: not at all; answers are not, either. */
  readonly compression?: string | undefined;
  /** Smaller requests are sent as they are. Default 1024. */
  readonly compressMinBytes?: number | undefined;
  /** Largest message accepted, after inflating. Default 4 MiB. */
  readonly maxMessageBytes?: number | undefined;
  /** Idle connections kept per node, where a connection carries one call at a time (HTTP/1.1). Default 100. */
  readonly poolSize?: number | undefined;
  /** How long an idle connection is kept. Default 60000. */
  readonly poolTtlMs?: number | undefined;
  /** Which addresses may be dialled. Default {@link isDialable}: a poisoned registry must not lead to a metadata service. */
  readonly isDialable?: ((address: string) => boolean) | undefined;
  /** HTTP/2. Default: node:http2. */
  readonly http2?: Http2Engine | undefined;
  /** A service of this very process: called without selector and wire. */
  readonly localService?: ((service: string) => Dispatcher | undefined) | undefined;
  /** What stands behind the address of a node that registered `protocol=direct`: selected as usual, called without wire. */
  readonly localNode?: ((address: string) => Channel | undefined) | undefined;
  /** Default: the system's. Connections keep to the system's in any case. */
  readonly clock?: Clock | undefined;
  /** Values in [0, 1) for the jitter of pauses. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** Every option there is, so that the compiler asks for a new one. */
const KNOWN: Readonly<Record<Exclude<keyof ClientOptions, keyof ClientPolicy>, true>> = {
  name: true,
  selector: true,
  transport: true,
  broker: true,
  interceptors: true,
  publishInterceptors: true,
  protocol: true,
  httpVersion: true,
  compression: true,
  compressMinBytes: true,
  types: true,
  contentType: true,
  maxMessageBytes: true,
  poolSize: true,
  poolTtlMs: true,
  isDialable: true,
  http2: true,
  localService: true,
  localNode: true,
  clock: true,
  random: true,
};

/** @throws TypeError for options that are unknown or make no sense, all of them named */
export function checkOptions(options: ClientOptions): void {
  const rest: Record<string, unknown> = {};
  const problems: string[] = [];
  const known = [...Object.keys(KNOWN), ...POLICY_NAMES];
  for (const [name, value] of Object.entries(options)) {
    if (!known.includes(name)) problems.push(unknownOption(name, known));
    else if (!Object.hasOwn(KNOWN, name)) rest[name] = value;
  }
  problems.push(...checkPolicy(rest));
  if (problems.length > 0) throw new TypeError(problems.join("; "));
}
