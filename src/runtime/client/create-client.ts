import { createJsonCodec, jsonCodec } from "../codec/index.ts";
import { type Context, currentContext, runInContext } from "../context/index.ts";
import { Metadata, type MetadataInit } from "../metadata/index.ts";
import type { AnyMethod } from "../protobuf/index.ts";
import { CLIENT_ID, chosenCompression, codecOfContentType } from "../protocol/index.ts";
import type { CallPlan } from "./call-plan.ts";
import { Callees } from "./callee.ts";
import { callStream, onlyResponse } from "./calls.ts";
import type { CallOptions, Client, ClientCall, ClientInterceptor } from "./client.ts";
import { type ClientOptions, checkOptions } from "./client-options.ts";
import { followNodes } from "./follow-nodes.ts";
import { deadlineOf, metadataOf, signalOf } from "./forwarded.ts";
import { createPaths, JsonText, pathOf } from "./json-method.ts";
import { TIMEOUT_MS } from "./policy.ts";
import { createPublisher } from "./publish.ts";
import { reachOf } from "./reach.ts";
import { createPolicies, type ResolvedPolicy } from "./resolve-policy.ts";
import { callUnary } from "./unary-call.ts";
import { createUses } from "./uses.ts";

/** gRPC's and go-micro's limit. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;

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
