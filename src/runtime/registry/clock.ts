/**
 * Time as registries, selectors, clients and calls inside a process see it; tests hand in one they can turn. The whole
 * seam: who needs time takes a Clock, who needs chance takes `random: () => number`.
 */
export interface Clock {
  /** Milliseconds that only grow; the zero is arbitrary. For durations. */
  now(): number;
  /** Milliseconds since the epoch. For deadlines, which other machines see. */
  epochMs(): number;
  /**
   * Calls back once, `delayMs` from now; the answer cancels. Does not keep a finished process alive, unless
   * `keepsAlive`: somebody waits for it.
   */
  after(delayMs: number, callback: () => void, keepsAlive?: boolean): () => void;
}

// Node fires a longer timer at once instead of late.
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  epochMs: () => Date.now(),
  after(delayMs, callback, keepsAlive = false) {
    const timer = setTimeout(callback, Math.min(delayMs, MAX_TIMER_MS));
    if (!keepsAlive) timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves after `delayMs`; whoever waits keeps the process alive. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve, true);
  });
}

/** Resolves after `delayMs`, or when `signal` aborts; does not keep a finished process alive. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const done = () => {
      cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(delayMs, done);
    signal.addEventListener("abort", done);
  });
}
