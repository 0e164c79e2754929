import { monitorEventLoopDelay } from "node:perf_hooks";

/** What Prometheus' client libraries tell of every process, under the names they agreed on. */
export interface ProcessMetrics {
  text(): string;
  /** Begins and ends watching the event loop. */
  start(): void;
  stop(): void;
}

export function createProcessMetrics(): ProcessMetrics {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  return {
    text() {
      const { user, system } = process.cpuUsage();
      const { rss, heapUsed } = process.memoryUsage();
      const startedAt = Date.now() / 1000 - process.uptime();
      // Nanoseconds; since the last look, so that a scrape shows the time between scrapes.
      const p99 = delay.percentile(99) / 1e9;
      delay.reset();
      return [
        sample("process_cpu_seconds_total", "counter", "User and system CPU time.", (user + system) / 1e6),
        sample("process_start_time_seconds", "gauge", "When the process started, Unix time.", startedAt),
        sample("process_resident_memory_bytes", "gauge", "Resident memory.", rss),
        sample("nodejs_heap_size_used_bytes", "gauge", "Heap in use.", heapUsed),
        sample("nodejs_eventloop_lag_p99_seconds", "gauge", "99th percentile since the last scrape.", p99),
      ].join("");
    },
    start: () => void delay.enable(),
    stop: () => void delay.disable(),
  };
}

function sample(name: string, type: string, help: string, value: number): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${name} ${value}\n`;
}
