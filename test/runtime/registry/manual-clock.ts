import type { Clock } from "../../../src/runtime/registry/index.ts";

/** A clock that moves when it is told to. */
export function createManualClock(): Clock & { advance(byMs: number): void } {
  let now = 1_000;
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  return {
    now: () => now,
    epochMs: () => now,
    after(delayMs, callback) {
      const timer = { at: now + delayMs, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(byMs) {
      const end = now + byMs;
      for (;;) {
        const due = [...timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers.delete(due);
        now = due.at;
        due.callback();
      }
      now = end;
    },
  };
}
