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

/** How a call ended; `unknown` when that says nothing of the service. */
export type CallOutcome = "success" | "failure" | "unknown";

/**
 * The circuit to one service. Closed: everything passes and is counted. Open: nothing passes. After `openMs` one call is
 * let through; it closes the circuit or opens it for twice as long. One that says nothing, or nothing for `openMs`, makes
 * way for the next.
 */
export class Breaker {
  readonly #options: Required<{ [Key in keyof BreakerOptions]: number }>;
  #calls = 0;
  #failures = 0;
  #windowEnds = 0;
  #openUntil = 0;
  #timesOpened = 0;
  #probing = false;
  #probeUntil = 0;
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
    if (this.#probing && now < this.#probeUntil) return Math.ceil(this.#probeUntil - now);
    // A probe that is late still counts: a service slower than `openMs` would never be called again otherwise.
    if (!this.#probing) this.#era += 1;
    this.#probing = true;
    this.#probeUntil = now + this.#options.openMs;
    return undefined;
  }

  /** A call that passed in `era` and goes on got its first message: enough for the one that finds out. */
  answered(era: number): void {
    if (this.#probing && era === this.#era) this.#close();
  }

  /** How a call that passed in `era` ended. */
  report(outcome: CallOutcome, era: number, now: number): void {
    if (era !== this.#era) return;
    if (this.#probing) this.#judgeProbe(outcome, now);
    else if (this.#timesOpened === 0 && outcome !== "unknown") this.#count(outcome === "failure", now);
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

  #judgeProbe(outcome: CallOutcome, now: number): void {
    if (outcome === "success") this.#close();
    else if (outcome === "failure") this.#open(now);
    else this.#probeUntil = now;
  }

  #close(): void {
    this.#probing = false;
    this.#timesOpened = 0;
    this.#windowEnds = 0;
  }

  #open(now: number): void {
    this.#probing = false;
    this.#era += 1;
    this.#openUntil = now + Math.min(MAX_OPEN_MS, this.#options.openMs * 2 ** this.#timesOpened);
    this.#timesOpened += 1;
  }
}
