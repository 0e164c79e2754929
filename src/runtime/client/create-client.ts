import type { Broker } from "../broker/index.ts";
import { createJsonCodec, jsonCodec } from "../codec/index.ts";
import { type Context, currentContext, runInContext } from "../context/index.ts";
import { createNodeHttp2Engine, type Http2Engine } from "../http2/index.ts";
import { Metadata, type MetadataInit } from "../metadata/index.ts";
import type { AnyMethod, TypeRegistry } from "../protobuf/index.ts";
import {
  type Channel,
  CLIENT_ID,
  chosenCompression,
  codecOfContentType,
  createDirectChannel,
  type Dispatcher,
  type HttpVersion,
} from "../protocol/index.ts";
import { type Clock, isDialable, systemClock } from "../registry/index.ts";
import type { Selector } from "../selector/index.ts";
import type { Transport } from "../transport/index.ts";
import type { Reach } from "./attempts.ts";
import type { CallPlan } from "./call-plan.ts";
import { Callees } from "./callee.ts";
import { callStream, onlyResponse } from "./calls.ts";
import { Channels } from "./channels.ts";
import { checkPolicy, POLICY_NAMES, unknownOption } from "./check-policy.ts";
import type { CallOptions, Client, ClientCall, ClientInterceptor, PublishInterceptor } from "./client.ts";
import { followNodes } from "./follow-nodes.ts";
import { deadlineOf, metadataOf, signalOf } from "./forwarded.ts";
import { createPaths, JsonText, pathOf } from "./json-method.ts";
import { NodeWays } from "./node-ways.ts";
import { createOpeners } from "./openers.ts";
import { type ClientPolicy, TIMEOUT_MS } from "./policy.ts";
import { createPublisher } from "./publish.ts";
import { createPolicies, type ResolvedPolicy } from "./resolve-policy.ts";
import { callUnary } from "./unary-call.ts";
import { createUses } from "./uses.ts";

export const DIAL_TIMEOUT_MS = 1000;
export const POOL_TTL_MS = 60_000;
/** gRPC's and go-micro's limit. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

/** Settings of {@link createClient}. */
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

function checkOptions(options: ClientOptions): void {
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

/**
 * Puts a client together. Connections are opened by the first call that needs them. Throws TypeError for options that are
 * unknown or make no sense, all of them named.
 */
export function createClient(options: ClientOptions = {}): Client {
  checkOptions(options);
  const reach = reachOf(options);
  const { clock } = reach;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const policyOf = createPolicies(options);
  const pathTo = createPaths();
  const callees = new Callees(options, clock);
  const unfollow = followNodes(reach, callees);
  const interceptors = options.interceptors ?? [];
  const json = options.types === undefined ? jsonCodec : createJsonCodec(options.types);
  const defaultCodec = codecOfContentType(options.contentType ?? "application/protobuf", CLIENT_ID);

  /** Of calls that add nothing. An interceptor might change it, so with any each call gets a copy. */
  const plainMetadata = metadataOf(undefined, undefined, options.name);
  const metadataFor = (given: MetadataInit | undefined, context: Context | undefined): Metadata => {
    if (given !== undefined || context !== undefined) return metadataOf(given, context, options.name);
    return interceptors.length === 0 ? plainMetadata : Metadata.from(plainMetadata);
  };

  function planOf(
    path: string,
    method: AnyMethod,
    callOptions: CallOptions,
    policy: ResolvedPolicy,
    isUnary: boolean,
  ): CallPlan {
    const { contentType } = callOptions;
    const known = contentType === undefined ? defaultCodec : codecOfContentType(contentType, CLIENT_ID);
    return {
      reach,
      callees,
      compression: chosenCompression(
        callOptions.compression ?? options.compression,
        options.compressMinBytes,
      ),
      path,
      codec: method.input === JsonText || known === jsonCodec ? json : known,
      options: callOptions,
      retries: policy.retries,
      hedgeAfterMs: isUnary ? policy.hedgeAfterMs : undefined,
      maxMessageBytes: options.maxMessageBytes ?? MAX_MESSAGE_BYTES,
      connectDeadline: isUnary ? undefined : clock.epochMs() + timeoutMs,
    };
  }

  function callOf(
    service: string,
    method: AnyMethod,
    request: unknown,
    callOptions: CallOptions,
    limitMs: number | undefined,
    context: Context | undefined,
  ): ClientCall {
    return {
      service,
      method,
      request,
      metadata: metadataFor(callOptions.metadata, context),
      deadline: deadlineOf(limitMs, context, clock),
      signal: signalOf(callOptions.signal, context),
    };
  }

  function unary(
    service: string,
    method: AnyMethod,
    request: unknown,
    callOptions: CallOptions = {},
  ): Promise<unknown> {
    try {
      const path = pathTo(service, method);
      const policy = policyOf(path, method, callOptions);
      const limitMs = policy.timeoutMs ?? timeoutMs;
      const call = callOf(service, method, request, callOptions, limitMs, currentContext());
      const plan = planOf(path, method, callOptions, policy, true);
      if (interceptors.length === 0) return callUnary(plan, call);
      return intercepted(interceptors, (inner) => callUnary(plan, inner))(call);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Starts when first read. The context is that of the caller, not of whoever reads: a handler may return the iterable,
   * and then the server reads it.
   */
  function stream(
    service: string,
    method: AnyMethod,
    request: unknown,
    callOptions: CallOptions = {},
  ): AsyncIterable<unknown> {
    const context = currentContext();
    const within = <T>(work: () => T): T => (context === undefined ? work() : runInContext(context, work));
    return {
      [Symbol.asyncIterator]() {
        const responses = within(() => open(service, method, request, callOptions, context));
        const step = () => responses.next();
        const leave = () => responses.return(undefined);
        return { next: () => within(step), return: () => within(leave) };
      },
    };
  }

  async function* open(
    service: string,
    method: AnyMethod,
    request: unknown,
    callOptions: CallOptions,
    context: Context | undefined,
  ): AsyncGenerator<unknown, void> {
    const path = pathTo(service, method);
    const policy = policyOf(path, method, callOptions);
    const call = callOf(service, method, request, callOptions, policy.timeoutMs, context);
    const plan = planOf(path, method, callOptions, policy, false);
    if (interceptors.length === 0) {
      yield* callStream(plan, call);
      return;
    }
    const start = async (inner: ClientCall): Promise<unknown> => {
      const responses = callStream(plan, inner);
      return method.kind === "clientStream" ? onlyResponse(responses, plan.path) : responses;
    };
    const result = await intercepted(interceptors, start)(call);
    if (method.kind === "clientStream") yield result;
    else yield* result as AsyncIterable<unknown>;
  }

  return {
    unary: unary as Client["unary"],
    serverStream: stream as Client["serverStream"],
    bidiStream: stream as Client["bidiStream"],
    clientStream: ((service: string, method: AnyMethod, requests: unknown, callOptions?: CallOptions) =>
      onlyResponse(
        stream(service, method, requests, callOptions),
        pathOf(service, method),
      )) as Client["clientStream"],
    publish: createPublisher({
      broker: options.broker,
      fromService: options.name,
      interceptors: options.publishInterceptors ?? [],
    }),
    uses: createUses(),
    close() {
      unfollow();
      return reach.channels.close();
    },
  };
}

/** First listed is outermost. */
function intercepted(
  interceptors: readonly ClientInterceptor[],
  innermost: (call: ClientCall) => Promise<unknown>,
): (call: ClientCall) => Promise<unknown> {
  return interceptors.reduceRight((next, interceptor) => interceptor(next), innermost);
}

function reachOf(options: ClientOptions): Reach {
  const { httpVersion, transport, poolSize, poolTtlMs } = options;
  const engine = options.http2 ?? createNodeHttp2Engine();
  const openers =
    transport === undefined ? [] : createOpeners({ transport, engine, poolSize, poolTtlMs, httpVersion });
  const names = openers.map(({ name }) => name);
  return {
    selector: options.selector,
    channels: new Channels({
      openers,
      ttlMs: options.poolTtlMs ?? POOL_TTL_MS,
      dialTimeoutMs: DIAL_TIMEOUT_MS,
      isDialable: options.isDialable ?? isDialable,
    }),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    ways: new NodeWays([...new Set([options.protocol ?? "grpc", "direct", ...names])]),
    localService: options.localService,
    directChannel: directChannels(options.clock ?? systemClock),
    localNode: options.localNode,
    plainOnly: transport?.secure === false,
  };
}

/** One channel per service of this process; they hold nothing, so none needs closing. */
function directChannels(clock: Clock): (dispatcher: Dispatcher) => Channel {
  const channels = new WeakMap<Dispatcher, Channel>();
  return (dispatcher) => {
    let channel = channels.get(dispatcher);
    if (channel === undefined) {
      channel = createDirectChannel(dispatcher, clock);
      channels.set(dispatcher, channel);
    }
    return channel;
  };
}
