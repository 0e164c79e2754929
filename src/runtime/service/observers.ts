import type { ClientInterceptor, PublishInterceptor } from "../client/index.ts";
import { currentContext } from "../context/index.ts";
import { createRecentSpans, type RecentSpans } from "../debug/index.ts";
import { type FindTrace, REQUEST_ID, requestIdOf } from "../log/index.ts";
import type { Metadata } from "../metadata/index.ts";
import { createMetrics, METRICS_CONTENT_TYPE, type Metrics } from "../metrics/index.ts";
import type { Page, Pages } from "../protocol/index.ts";
import type { Clock } from "../registry/index.ts";
import type { ServerInterceptor } from "../server/index.ts";
import { loadTracing } from "../tracing/index.ts";
import type { Settings } from "./settings.ts";

/** What watches a service from outside: its interceptors see what callers and callees see. */
export interface Observers {
  /** Undefined when switched off. */
  readonly metrics: Metrics | undefined;
  /** The last calls; undefined when switched off. */
  readonly spans: RecentSpans | undefined;
  readonly serverInterceptors: readonly ServerInterceptor[];
  readonly clientInterceptors: readonly ClientInterceptor[];
  readonly publishInterceptors: readonly PublishInterceptor[];
  /** The span of a line of the log; undefined without OpenTelemetry. */
  readonly findTrace: FindTrace | undefined;
  /** `/metrics`. */
  readonly pages: Pages;
}

/** Metrics and the last calls unless switched off; spans where the program has OpenTelemetry. */
export async function createObservers(settings: Settings, clock: Clock): Promise<Observers> {
  const metrics = settings.metrics ? createMetrics() : undefined;
  const tracing = await loadTracing();
  const spans = settings.debug ? createRecentSpans(clock, tracing?.findTrace) : undefined;
  return {
    metrics,
    spans,
    serverInterceptors: present(
      tracing?.serverInterceptor,
      metrics?.serverInterceptor,
      spans?.serverInterceptor,
    ),
    clientInterceptors: present(
      tracing?.clientInterceptor,
      metrics?.clientInterceptor,
      spans?.clientInterceptor,
      withRequestId,
    ),
    publishInterceptors: present(tracing?.publishInterceptor, spans?.publishInterceptor, withRequestId),
    findTrace: tracing?.findTrace,
    pages: metrics === undefined ? {} : { "/metrics": () => pageOf(metrics) },
  };
}

/** What a handler sends belongs to the request it handles. The metadata is the call's own: it was made for it. */
const withRequestId =
  <Call extends { readonly metadata: Metadata }, Result>(next: (call: Call) => Result) =>
  (call: Call): Result => {
    const context = currentContext();
    if (context !== undefined && !call.metadata.has(REQUEST_ID))
      call.metadata.set(REQUEST_ID, requestIdOf(context));
    return next(call);
  };

function pageOf(metrics: Metrics): Page {
  return { httpStatus: 200, contentType: METRICS_CONTENT_TYPE, body: metrics.text() };
}

function present<T>(...values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined);
}
