import { randomBytes } from "node:crypto";
import type { ClientInterceptor, PublishInterceptor } from "../client/index.ts";
import { type Context, currentContext } from "../context/index.ts";
import { type FindTrace, requestIdOf, sentTrace } from "../log/index.ts";
import { Metadata } from "../metadata/index.ts";
import { codeOf, nameOf, whenEnded } from "../metrics/index.ts";
import type { Clock } from "../registry/index.ts";
import type { ServerInterceptor } from "../server/index.ts";
import { Debug } from "./gen/debug.service.ts";
import { type Span, SpanType } from "./gen/debug.ts";

/** Spans that are kept. */
const MAX_SPANS = 256;
/** Calls a second that are kept; more would be pushed out again before anybody has looked. */
const PER_SECOND = 100;
/** go-micro's names in metadata (`debug/trace/trace.go`). */
const TRACE_ID = "micro-trace-id";
const SPAN_ID = "micro-span-id";
const ID = /^[\w-]{1,64}$/;

/** The last calls of a service, for whoever asks it. */
export interface RecentSpans {
  readonly serverInterceptor: ServerInterceptor;
  readonly clientInterceptor: ClientInterceptor;
  readonly publishInterceptor: PublishInterceptor;
  /** Oldest first; of one trace when `trace` is not empty. */
  read(trace: string): readonly Span[];
}

/**
 * Keeps the last 256 calls and events, taken and made: all while there are less than a hundred a second, else a hundred
 * of each second. Ids are OpenTelemetry's where the program has it; else the trace is that of the caller (`traceparent`
 * or go-micro's `Micro-Trace-Id`) or, for the first call of all, the id of the request; they travel on as go-micro's do.
 */
export function createRecentSpans(clock: Clock, findTrace: FindTrace | undefined): RecentSpans {
  const kept: Span[] = [];
  /** Of the calls being handled. */
  const inbound = new WeakMap<Context, string>();
  let second = 0;
  let taken = 0;

  function isWanted(service: string): boolean {
    // Looking at a service shall not push out what one came to see.
    if (service === Debug.typeName || service.startsWith("grpc.")) return false;
    const now = Math.floor(clock.now() / 1000);
    if (now !== second) {
      second = now;
      taken = 0;
    }
    taken += 1;
    return taken <= PER_SECOND;
  }
  function begin(type: SpanType, name: string, ids: Pick<Span, "trace" | "id" | "parent">) {
    const startedMs = clock.epochMs();
    const begunAt = clock.now();
    return (error: unknown, more: Readonly<Record<string, string>>) => {
      const started = BigInt(Math.round(startedMs * 1000)) * 1000n;
      const duration = BigInt(Math.round((clock.now() - begunAt) * 1e6));
      kept.push({ ...ids, name, started, duration, metadata: { code: codeOf(error), ...more }, type });
      if (kept.length > MAX_SPANS) kept.shift();
    };
  }
  /** Ids of a call that is made with this metadata. */
  function idsOf(metadata: Metadata): Pick<Span, "trace" | "id" | "parent"> {
    const context = currentContext();
    const found = findTrace?.(context);
    const parent = context === undefined ? undefined : inbound.get(context);
    if (found !== undefined) return { trace: found.traceId, id: newId(), parent: parent ?? found.spanId };
    const trace = sentTraceId(metadata) ?? (context === undefined ? newId() : requestIdOf(context));
    return { trace, id: newId(), parent: parent ?? sentId(metadata, SPAN_ID) ?? "" };
  }
  /** Metadata of a call that is made: go-micro's ids, unless OpenTelemetry sends its own. */
  function passedOn(metadata: Metadata, { trace, id }: Pick<Span, "trace" | "id">): Metadata {
    if (findTrace?.(undefined) !== undefined) return metadata;
    return Metadata.from(metadata).set(TRACE_ID, trace).set(SPAN_ID, id);
  }

  return {
    serverInterceptor: (next) => (call) => {
      const { method, context } = call;
      if (!isWanted(method.service)) return next(call);
      const found = findTrace?.(context);
      const ids =
        found === undefined
          ? { trace: traceOf(context), id: newId(), parent: parentOf(context.metadata) }
          : { trace: found.traceId, id: found.spanId, parent: sentTrace(context.metadata)?.spanId ?? "" };
      inbound.set(context, ids.id);
      const end = begin(SpanType.INBOUND, nameOf(method), ids);
      const more = { request_id: requestIdOf(context) };
      return whenEnded(next(call), method, (error) => end(error, more));
    },
    clientInterceptor: (next) => (call) => {
      if (!isWanted(call.method.service)) return next(call);
      const ids = idsOf(call.metadata);
      const end = begin(SpanType.OUTBOUND, nameOf(call.method), ids);
      const passed = { ...call, metadata: passedOn(call.metadata, ids) };
      return whenEnded(next(passed), call.method, (error) => end(error, { service: call.service }));
    },
    publishInterceptor: (next) => async (event) => {
      if (!isWanted(event.topic)) return next(event);
      const ids = idsOf(event.metadata);
      const end = begin(SpanType.OUTBOUND, event.topic, ids);
      try {
        await next({ ...event, metadata: passedOn(event.metadata, ids) });
        end(undefined, {});
      } catch (error) {
        end(error, {});
        throw error;
      }
    },
    read: (trace) => (trace === "" ? [...kept] : kept.filter((span) => span.trace === trace)),
  };
}

function traceOf(context: Context): string {
  return sentTraceId(context.metadata) ?? requestIdOf(context);
}

function sentTraceId(metadata: Metadata): string | undefined {
  return sentTrace(metadata)?.traceId ?? sentId(metadata, TRACE_ID);
}

function parentOf(metadata: Metadata): string {
  return sentId(metadata, SPAN_ID) ?? sentTrace(metadata)?.spanId ?? "";
}

function sentId(metadata: Metadata, name: string): string | undefined {
  const id = metadata.get(name);
  return id !== undefined && ID.test(id) ? id : undefined;
}

function newId(): string {
  return randomBytes(8).toString("hex");
}
