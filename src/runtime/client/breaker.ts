/** When a client stops calling a service that keeps failing. */
export interface BreakerOptions {
  /** Share of failed calls within ten seconds that opens the circuit. Default 0.5. */
  readonly failureRatio?: number | undefined;
  /** Calls within ten seconds before the share means anything. Default 20. */
  readonly minCalls?: number | undefined;
  /** How long nothing is called after the circuit opened; twice as long each time in a row, up to a minute. Default 5000. */
  readonly openMs?: number | undefined;
}

export const BREAKER_FAILURE_RATIO = 0.5;
export const BREAKER_MIN_CALLS = 20;
export const BREAKER_OPEN_MS = 5000;
const MAX_OPEN_MS = 60_000;
const WINDOW_MS = 10_000;

/**
 * The circuit to one service. Closed: everything passes and is counted. Open: nothing passes. After `openMs` one call is
 * let through; it closes the circuit or opens it for twice as long.
 */
export class Breaker {
  readonly #options: Required<{ [Key in keyof BreakerOptions]: number }>;
  #calls = 0;
  #failures = 0;
  #windowEnds = 0;
  #openUntil = 0;
  #timesOpened = 0;
  #probing = false;
  #era = 0;

  constructor(options: BreakerOptions = {}) {
    this.#options = {
      failureRatio: options.failureRatio ?? BREAKER_FAILURE_RATIO,
      minCalls: options.minCalls ?? BREAKER_MIN_CALLS,
      openMs: options.openMs ?? BREAKER_OPEN_MS,
    };
  }

  /** Changes when the circuit opens or tries to close: calls of an earlier era prove nothing any more. */
  get era(): number {
    return this.#era;
  }

  /** Undefined: the call may pass, and `report` must follow. Else for how many milliseconds the circuit stays open. */
  refuses(now: number): number | undefined {
    if (this.#timesOpened === 0) return undefined;
    if (now < this.#openUntil) return Math.ceil(this.#openUntil - now);
    // One call finds out; the others wait for its answer rather than fall on a service that just got up.
    if (this.#probing) return this.#options.openMs;
    this.#probing = true;
    this.#era += 1;
    return undefined;
  }

  /** How a call that passed in `era` ended. */
  report(failed: boolean, era: number, now: number): void {
    if (era !== this.#era) return;
    if (this.#probing) this.#judgeProbe(failed, now);
    else if (this.#timesOpened === 0) this.#count(failed, now);
  }

  #count(failed: boolean, now: number): void {
    if (now >= this.#windowEnds) {
      this.#windowEnds = now + WINDOW_MS;
      this.#calls = 0;
      this.#failures = 0;
    }
    this.#calls += 1;
    if (failed) this.#failures += 1;
    const { minCalls, failureRatio } = this.#options;
    if (this.#calls >= minCalls && this.#failures >= this.#calls * failureRatio) this.#open(now);
  }

  #judgeProbe(failed: boolean, now: number): void {
    this.#probing = false;
    if (failed) {
      this.#open(now);
    } else {
      this.#timesOpened = 0;
      this.#windowEnds = 0;
    }
  }

  #open(now: number): void {
    this.#era += 1;
    this.#openUntil = now + Math.min(MAX_OPEN_MS, this.#options.openMs * 2 ** this.#timesOpened);
    this.#timesOpened += 1;
  }
}
