import type { Context, Span, SpanKind, Tracer } from "@opentelemetry/api";
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
 * SDK the program registered; without one this costs next to nothing and sends nothing.
 */
export function createTracing(api: OpenTelemetry, name: string, version: string): Tracing {
  const tracer = api.trace.getTracer("@micro-service/runtime");
  const own = { "service.name": name, "service.version": version };

  return {
    serverInterceptor: (next) => (call) => {
      const { method, context } = call;
      const parent = api.propagation.extract(api.context.active(), context.metadata, readMetadata);
      const event = method.service === "";
      const kind = event ? api.SpanKind.CONSUMER : api.SpanKind.SERVER;
      const attributes = event
        ? {
            "messaging.system": "micro",
            "messaging.destination.name": method.name,
            "messaging.operation.type": "process",
          }
        : {
            ...rpcAttributes(method),
            "rpc.system": context.peer.protocol,
            "network.peer.address": context.peer.address,
          };
      const span = startSpan(tracer, method, kind, { ...own, ...attributes }, parent);
      return traced(api, span, parent, method, () => next(call));
    },
    clientInterceptor: (next) => (call) => {
      const parent = api.context.active();
      const attributes = {
        ...rpcAttributes(call.method),
        "rpc.system": "micro",
        "peer.service": call.service,
      };
      const span = startSpan(tracer, call.method, api.SpanKind.CLIENT, { ...own, ...attributes }, parent);
      const metadata = Metadata.from(call.metadata);
      api.propagation.inject(api.trace.setSpan(parent, span), metadata, writeMetadata);
      return traced(api, span, parent, call.method, () => next({ ...call, metadata }));
    },
    publishInterceptor: (next) => (event) => {
      const parent = api.context.active();
      const attributes = {
        "messaging.system": "micro",
        "messaging.destination.name": event.topic,
        "messaging.operation.type": "send",
      };
      const options = { kind: api.SpanKind.PRODUCER, attributes: { ...own, ...attributes } };
      const span = tracer.startSpan(`send ${event.topic}`, options, parent);
      const metadata = Metadata.from(event.metadata);
      const within = api.trace.setSpan(parent, span);
      api.propagation.inject(within, metadata, writeMetadata);
      return api.context.with(within, () => ended(api, span, next({ ...event, metadata })));
    },
  };
}

function startSpan(
  tracer: Tracer,
  { service, name }: AnyMethod,
  kind: SpanKind,
  attributes: Record<string, string>,
  parent: Context,
): Span {
  return tracer.startSpan(
    service === "" ? `process ${name}` : `${service}/${name}`,
    { kind, attributes },
    parent,
  );
}

function rpcAttributes({ service, name }: AnyMethod): Record<string, string> {
  return { "rpc.service": service, "rpc.method": name };
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
