import type { ClientInterceptor, PublishInterceptor } from "../client/index.ts";
import { createMetrics, METRICS_CONTENT_TYPE, type Metrics } from "../metrics/index.ts";
import type { Page, Pages } from "../protocol/index.ts";
import type { ServerInterceptor } from "../server/index.ts";
import { loadTracing } from "../tracing/index.ts";
import type { Settings } from "./settings.ts";

/** What watches a service from outside: its interceptors see what callers and callees see. */
export interface Observers {
  /** Undefined when switched off. */
  readonly metrics: Metrics | undefined;
  readonly serverInterceptors: readonly ServerInterceptor[];
  readonly clientInterceptors: readonly ClientInterceptor[];
  readonly publishInterceptors: readonly PublishInterceptor[];
  /** `/metrics`. */
  readonly pages: Pages;
}

/** Metrics unless switched off; spans where the program has OpenTelemetry. */
export async function createObservers({ metrics: wanted }: Settings): Promise<Observers> {
  const metrics = wanted ? createMetrics() : undefined;
  const tracing = await loadTracing();
  return {
    metrics,
    serverInterceptors: present(tracing?.serverInterceptor, metrics?.serverInterceptor),
    clientInterceptors: present(tracing?.clientInterceptor, metrics?.clientInterceptor),
    publishInterceptors: present(tracing?.publishInterceptor),
    pages: metrics === undefined ? {} : { "/metrics": () => pageOf(metrics) },
  };
}

function pageOf(metrics: Metrics): Page {
  return { httpStatus: 200, contentType: METRICS_CONTENT_TYPE, body: metrics.text() };
}

function present<T>(...values: readonly (T | undefined)[]): T[] {
  return values.filter((value) => value !== undefined);
}
