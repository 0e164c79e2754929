/** Time as registries and selectors see it; tests hand in one they can turn. */
export interface Clock {
  /** Milliseconds that only grow; the zero is arbitrary. */
  now(): number;
  /** Calls back once, `delayMs` from now; the answer cancels. Never keeps a finished process alive. */
  after(delayMs: number, callback: () => void): () => void;
}

// Node fires a longer timer at once instead of late.
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The clock of this machine; its timers let a finished process end. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, Math.min(delayMs, MAX_TIMER_MS));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
