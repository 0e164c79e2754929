import type { Context, Span, SpanKind, SpanOptions } from "@opentelemetry/api";
import { MicroError } from "../errors/index.ts";
import { Metadata } from "../metadata/index.ts";
import type { AnyMethod } from "../protobuf/index.ts";
import { bindStream } from "./bind-stream.ts";
import { readMetadata, writeMetadata } from "./metadata-carrier.ts";
import type { Tracing } from "./tracing.ts";

/** The module `@opentelemetry/api`. */
export type OpenTelemetry = typeof import("@opentelemetry/api");

/**
 * Spans by OpenTelemetry's conventions for rpc and messaging: `rpc.system`, `rpc.service`, `rpc.method`,
 * `rpc.grpc.status_code`; `messaging.system`, `messaging.destination.name`. What becomes of them is the business of the
 * SDK the program registered; without one this costs next to nothing and sends nothing. `version` is this package's, the
 * version of the spans' scope.
 */
export function createTracing(api: OpenTelemetry, version?: string): Tracing {
  const tracer = api.trace.getTracer("@micro-service/runtime", version);
  /** Without an SDK spans are empty: then nothing is worth its time. */
  const isEmpty = (span: Span) => !api.isSpanContextValid(span.spanContext());
  const serverKinds = createKinds(api.SpanKind.SERVER);
  const clientKinds = createKinds(api.SpanKind.CLIENT);

  return {
    serverInterceptor: (next) => (call) => {
      const { method, context } = call;
      const { name, options } =
        method.service === "" ? processing(api.SpanKind.CONSUMER, method.name) : serverKinds(method);
      const parent = api.propagation.extract(api.context.active(), context.metadata, readMetadata);
      const span = tracer.startSpan(name, options, parent);
      if (isEmpty(span)) return next(call);
      if (method.service !== "") {
        const { protocol, address } = context.peer;
        span.setAttributes({ "rpc.system": protocol, "network.peer.address": address });
      }
      return traced(api, span, parent, method, () => next(call));
    },
    clientInterceptor: (next) => (call) => {
      const { name, options } = clientKinds(call.method);
      const parent = api.context.active();
      const span = tracer.startSpan(name, options, parent);
      if (isEmpty(span)) return next(call);
      span.setAttributes({ "rpc.system": "micro", "peer.service": call.service });
      const metadata = Metadata.from(call.metadata);
      api.propagation.inject(api.trace.setSpan(parent, span), metadata, writeMetadata);
      return traced(api, span, parent, call.method, () => next({ ...call, metadata }));
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
      return api.context.with(within, () => ended(api, span, next({ ...event, metadata })));
    },
  };
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
      const { service, name } = method;
      const attributes = { "rpc.service": service, "rpc.method": name };
      known = { name: `${service}/${name}`, options: { kind, attributes } };
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
    "messaging.operation.type": operation,
  };
}

/** Runs the rest of the call inside the span, which ends with the answer's last message. */
async function traced(
  api: OpenTelemetry,
  span: Span,
  parent: Context,
  method: AnyMethod,
  work: () => Promise<unknown>,
): Promise<unknown> {
  const within = api.trace.setSpan(parent, span);
  const answer = api.context.with(within, work);
  if (method.kind === "unary" || method.kind === "clientStream") return ended(api, span, answer);
  try {
    const stream = (await answer) as AsyncIterable<unknown>;
    return bindStream(
      stream,
      (step) => api.context.with(within, step),
      (error) => end(api, span, error),
    );
  } catch (error) {
    end(api, span, error);
    throw error;
  }
}

async function ended<T>(api: OpenTelemetry, span: Span, answer: Promise<T>): Promise<T> {
  try {
    const value = await answer;
    end(api, span, undefined);
    return value;
  } catch (error) {
    end(api, span, error);
    throw error;
  }
}

function end(api: OpenTelemetry, span: Span, error: unknown): void {
  if (error !== undefined) {
    const message = error instanceof Error ? error.message : String(error);
    span.setStatus({ code: api.SpanStatusCode.ERROR, message });
    span.setAttribute("error.type", error instanceof Error ? error.name : typeof error);
  }
  span.setAttribute("rpc.grpc.status_code", MicroError.is(error) ? error.grpc : error === undefined ? 0 : 13);
  span.end();
}
