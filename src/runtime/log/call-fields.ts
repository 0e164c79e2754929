import { type Context, currentContext } from "../context/index.ts";
import type { Metadata } from "../metadata/index.ts";
import type { PlainFields } from "./log.ts";
import { requestIdOf } from "./request-id.ts";

/** Where in a trace something happened, in the hexadecimal form of W3C's trace context. */
export interface TraceIds {
  readonly traceId: string;
  readonly spanId: string;
}

/** Finds the span of a call, or the one that is active outside of any. */
export type FindTrace = (context: Context | undefined) => TraceIds | undefined;

/** W3C trace context, version 00 and what later ones have in common with it. */
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(?:-|$)/;

/**
 * What a line tells of the call it is written in: `{ method, trace_id, span_id, request_id }`. Without OpenTelemetry in the
 * program trace and span are the caller's, as far as it sent a `traceparent`.
 */
export function callFields(findTrace: FindTrace | undefined): PlainFields {
  const context = currentContext();
  const found = findTrace?.(context) ?? (context === undefined ? undefined : sentTrace(context.metadata));
  const trace = found === undefined ? {} : { trace_id: found.traceId, span_id: found.spanId };
  if (context === undefined) return trace;
  return { method: context.method.slice(0, 256), ...trace, request_id: requestIdOf(context) };
}

/** The trace a caller sent along. */
export function sentTrace(metadata: Metadata): TraceIds | undefined {
  const [, traceId, spanId] = TRACEPARENT.exec(metadata.get("traceparent") ?? "") ?? [];
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
}
