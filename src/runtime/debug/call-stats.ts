import { type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import type { ServerInterceptor } from "../server/index.ts";

/** What happened since `start`. */
export interface CallCounts {
  readonly startedAtMs: number;
  readonly requests: number;
  readonly errors: number;
  /** Calls being handled now. */
  readonly running: number;
  /** Time spent collecting garbage. */
  readonly gcMs: number;
}

/** Counts the calls a server takes. */
export interface CallStats {
  /** Put it outermost, so that it sees what the caller sees. */
  readonly interceptor: ServerInterceptor;
  counts(): CallCounts;
  start(): void;
  stop(): void;
}

export function createCallStats(): CallStats {
  let startedAtMs = Date.now();
  let requests = 0;
  let errors = 0;
  let running = 0;
  let gcMs = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries() as PerformanceEntry[]) gcMs += duration;
  });

  const failed = (error: unknown): never => {
    errors += 1;
    throw error;
  };
  /** A call that answers with a stream runs until the stream ends. */
  async function* counted(stream: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    try {
      yield* stream;
    } catch (error) {
      failed(error);
    } finally {
      running -= 1;
    }
  }

  return {
    interceptor: (next) => async (call) => {
      requests += 1;
      running += 1;
      let streams = false;
      try {
        const answer = await next(call);
        streams = call.method.kind === "serverStream" || call.method.kind === "bidiStream";
        return streams ? counted(answer as AsyncIterable<unknown>) : answer;
      } catch (error) {
        return failed(error);
      } finally {
        if (!streams) running -= 1;
      }
    },
    counts: () => ({ startedAtMs, requests, errors, running, gcMs }),
    start() {
      startedAtMs = Date.now();
      observer.observe({ entryTypes: ["gc"] });
    },
    stop() {
      observer.disconnect();
    },
  };
}
