import { unavailable } from "../errors/index.ts";
import type { Server } from "../server/index.ts";
import type { CallStats } from "./call-stats.ts";
import { Debug, type DebugHandler } from "./gen/debug.service.ts";
import type { Readiness } from "./readiness.ts";

export interface DebugOptions {
  /** Name of the service, the id of errors. */
  readonly name: string;
  readonly stats: CallStats;
  /** Health fails with 503 once the service stops. */
  readonly readiness: Readiness;
}

/** Adds go-micro's `Debug.Health` and `Debug.Stats` to a server, unadvertised. */
export function handleDebug(server: Server, { name, stats, readiness }: DebugOptions): void {
  const handler: DebugHandler = {
    health() {
      if (readiness.phase !== "serving") throw unavailable(name, `${name} is stopping`);
      return { status: "ok" };
    },
    stats() {
      const counts = stats.counts();
      const nowMs = Date.now();
      return {
        timestamp: seconds(nowMs),
        started: seconds(counts.startedAtMs),
        uptime: seconds(nowMs - counts.startedAtMs),
        memory: BigInt(process.memoryUsage.rss()),
        threads: BigInt(counts.running),
        gc: BigInt(Math.round(counts.gcMs * 1e6)),
        requests: BigInt(counts.requests),
        errors: BigInt(counts.errors),
      };
    },
  };
  server.handle(Debug, handler, { internal: true });
}

function seconds(ms: number): bigint {
  return BigInt(Math.floor(ms / 1_000));
}
