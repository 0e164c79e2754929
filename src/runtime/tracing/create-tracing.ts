import type { Context, Span, SpanKind, SpanOptions } from "@opentelemetry/api";
import type { Context as CallContext } from "../context/index.ts";
import { errorCodeOfGrpc, MicroError, messageOf } from "../errors/index.ts";
import { Metadata } from "../metadata/index.ts";
import type { AnyMethod } from "../protobuf/index.ts";
import { bindStream } from "./bind-stream.ts";
import { readMetadata, writeMetadata } from "./metadata-carrier.ts";
import type { Tracing } from "./tracing.ts";

/** The module `@opentelemetry/api`. */
export type OpenTelemetry = typeof import("@opentelemetry/api");

/**
 * Spans by OpenTelemetry's semantic conventions 1.45, in which those for rpc are stable: `rpc.system.name`, `rpc.method`,
 * `rpc.response.status_code`; `messaging.system`, `messaging.operation.name`, `messaging.destination.name`; `error.type`.
 * What becomes of them is the business of the SDK the program registered; without one this costs next to nothing and
 * sends nothing. `version` is this package's, the version of the spans' scope.
 */
export function createTracing(api: OpenTelemetry, version?: string): Tracing {
  const tracer = api.trace.getTracer("@micro-service/runtime", version);
  /** Without an SDK spans are empty: then nothing is worth its time. */
  const isEmpty = (span: Span) => !api.isSpanContextValid(span.spanContext());
  const serverKinds = createKinds(api.SpanKind.SERVER);
  const clientKinds = createKinds(api.SpanKind.CLIENT);
  /** For what is told of a call after its handler, outside of its span. */
  const spans = new WeakMap<CallContext, Span>();

  return {
    serverInterceptor: (next) => (call) => {
      const { method, context } = call;
      const { name, options } =
        method.service === "" ? processing(api.SpanKind.CONSUMER, method.name) : serverKinds(method);
      const parent = api.propagation.extract(api.context.active(), context, readMetadata);
      const span = tracer.startSpan(name, options, parent);
      if (isEmpty(span)) return next(call);
      if (method.service !== "") {
        const { protocol, address } = context.peer;
        span.setAttributes({ "rpc.system.name": SYSTEMS[protocol] ?? protocol, ...networkPeer(address) });
      }
      spans.set(context, span);
      const side = method.service === "" ? "event" : "server";
      return traced(api, span, parent, side, method, () => next(call));
    },
    clientInterceptor: (next) => (call) => {
      const { name, options } = clientKinds(call.method);
      const parent = api.context.active();
      const span = tracer.startSpan(name, options, parent);
      if (isEmpty(span)) return next(call);
      span.setAttributes({ "rpc.system.name": "micro", "server.address": call.service });
      const metadata = Metadata.from(call.metadata);
      api.propagation.inject(api.trace.setSpan(parent, span), metadata, writeMetadata);
      return traced(api, span, parent, "client", call.method, () => next({ ...call, metadata }));
    },
    publishInterceptor: (next) => (event) => {
      const parent = api.context.active();
      const kind = api.SpanKind.PRODUCER;
      const attributes = messagingAttributes(event.topic, "send");
      const span = tracer.startSpan(`send ${event.topic}`, { kind, attributes }, parent);
      if (isEmpty(span)) return next(event);
      const metadata = Metadata.from(event.metadata);
      const within = api.trace.setSpan(parent, span);
      api.propagation.inject(within, metadata, writeMetadata);
      return api.context.with(within, () => ended(api, span, "event", next({ ...event, metadata })));
    },
    findTrace(context) {
      const span = api.trace.getActiveSpan() ?? (context === undefined ? undefined : spans.get(context));
      const ids = span?.spanContext();
      return ids !== undefined && api.isSpanContextValid(ids)
        ? { traceId: ids.traceId, spanId: ids.spanId }
        : undefined;
    },
  };
}

/** The conventions' names of our protocols; the others have none but ours. */
const SYSTEMS: Readonly<Record<string, string>> = {
  "grpc-web": "grpc",
  connect: "connectrpc",
  direct: "micro",
};

/** `10.0.0.5:4711` or `[::1]:4711`; anything else has no port. */
function networkPeer(address: string): Record<string, string | number> {
  const [, host, port] = /^\[?(.*?)\]?:(\d{1,5})$/.exec(address) ?? [];
  return host === undefined
    ? { "network.peer.address": address }
    : { "network.peer.address": host, "network.peer.port": Number(port) };
}

/** What all spans of a method have in common. */
interface Kind {
  readonly name: string;
  readonly options: SpanOptions;
}

/** Made once per method. */
function createKinds(kind: SpanKind): (method: AnyMethod) => Kind {
  const kinds = new WeakMap<AnyMethod, Kind>();
  return (method) => {
    let known = kinds.get(method);
    if (known === undefined) {
      const name = `${method.service}/${method.name}`;
      known = { name, options: { kind, attributes: { "rpc.method": name } } };
      kinds.set(method, known);
    }
    return known;
  };
}

function processing(kind: SpanKind, topic: string): Kind {
  return { name: `process ${topic}`, options: { kind, attributes: messagingAttributes(topic, "process") } };
}

function messagingAttributes(topic: string, operation: string): Record<string, string> {
  return {
    "messaging.system": "micro",
    "messaging.destination.name": topic,
    "messaging.operation.name": operation,
    "messaging.operation.type": operation,
  };
}

/** Runs the rest of the call inside the span, which ends with the answer's last message. */
async function traced(
  api: OpenTelemetry,
  span: Span,
  parent: Context,
  side: Side,
  { kind }: AnyMethod,
  work: () => Promise<unknown>,
): Promise<unknown> {
  const within = api.trace.setSpan(parent, span);
  const answer = api.context.with(within, work);
  if (kind === "unary" || kind === "clientStream") return ended(api, span, side, answer);
  try {
    const stream = (await answer) as AsyncIterable<unknown>;
    return bindStream(
      stream,
      (step) => api.context.with(within, step),
      (error) => end(api, span, side, error),
    );
  } catch (error) {
    end(api, span, side, error);
    throw error;
  }
}

async function ended<T>(api: OpenTelemetry, span: Span, side: Side, answer: Promise<T>): Promise<T> {
  try {
    const value = await answer;
    end(api, span, side, undefined);
    return value;
  } catch (error) {
    end(api, span, side, error);
    throw error;
  }
}

function end(api: OpenTelemetry, span: Span, side: Side, error: unknown): void {
  const grpc = MicroError.is(error) ? error.grpc : INTERNAL;
  const name = error === undefined ? "OK" : errorCodeOfGrpc(grpc).grpcName;
  if (side !== "event") span.setAttribute("rpc.response.status_code", name);
  if (error !== undefined && (side !== "server" || SERVER_ERRORS.has(grpc))) {
    const isForeign = error instanceof Error && !MicroError.is(error);
    span.setAttribute("error.type", isForeign ? error.name : name);
    span.setStatus({ code: api.SpanStatusCode.ERROR, message: messageOf(error) });
  }
  span.end();
}

/** Which conventions a span keeps to. */
type Side = "server" | "client" | "event";

/** What reaches the caller of a handler that throws something else than a MicroError. */
const INTERNAL = 13;
/** What gRPC's conventions call an error of the server; the others are answers that a caller asked for. */
const SERVER_ERRORS = new Set([2, 4, 12, INTERNAL, 14, 15]);
