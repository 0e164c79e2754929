import type { ClientInterceptor } from "../client/index.ts";
import type { ServerInterceptor } from "../server/index.ts";
import { createCounter } from "./counter.ts";
import { createHistogram } from "./histogram.ts";
import { createProcessMetrics } from "./process-metrics.ts";
import { codeOf, nameOf, whenEnded } from "./when-ended.ts";

/** What a service tells of its calls at `/metrics`. docs/observability.md lists the names. */
export interface Metrics {
  /** Put it outermost, so that it sees what the caller sees. */
  readonly serverInterceptor: ServerInterceptor;
  /** Sees a call with all its attempts. */
  readonly clientInterceptor: ClientInterceptor;
  /** Prometheus' text format, version 0.0.4. */
  text(): string;
  start(): void;
  stop(): void;
}

/** The Content-Type of {@link Metrics.text}. */
export const METRICS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Counts, times and running calls on both sides, by method. Costs two clock readings per call. */
export function createMetrics(): Metrics {
  const running = createCounter(
    { name: "micro_server_calls_running", help: "Calls being handled now.", labels: ["method"] },
    "gauge",
  );
  const handled = createCounter({
    name: "micro_server_calls_total",
    help: "Calls handled, by gRPC status name.",
    labels: ["method", "code"],
  });
  const handling = createHistogram({
    name: "micro_server_call_duration_seconds",
    help: "From the request to the last message of the answer.",
    labels: ["method"],
  });
  const called = createCounter({
    name: "micro_client_calls_total",
    help: "Calls made, all attempts of one counting once, by gRPC status name.",
    labels: ["service", "method", "code"],
  });
  const calling = createHistogram({
    name: "micro_client_call_duration_seconds",
    help: "From the call to the last message of the answer, with all attempts.",
    labels: ["service", "method"],
  });
  const ofProcess = createProcessMetrics();
  const all = [running, handled, handling, called, calling, ofProcess];

  return {
    serverInterceptor: (next) => (call) => {
      const method = [nameOf(call.method)];
      const startedAt = performance.now();
      running.add(method);
      return whenEnded(next(call), call.method, (error) => {
        running.add(method, -1);
        handled.add([...method, codeOf(error)]);
        handling.observe(method, (performance.now() - startedAt) / 1000);
      });
    },
    clientInterceptor: (next) => (call) => {
      const labels = [call.service, nameOf(call.method)];
      const startedAt = performance.now();
      return whenEnded(next(call), call.method, (error) => {
        called.add([...labels, codeOf(error)]);
        calling.observe(labels, (performance.now() - startedAt) / 1000);
      });
    },
    text: () => all.map((metric) => metric.text()).join(""),
    start: () => ofProcess.start(),
    stop: () => ofProcess.stop(),
  };
}
