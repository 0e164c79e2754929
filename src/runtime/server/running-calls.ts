import { MicroError } from "../errors/index.ts";
import type { RunningCall } from "../protocol/index.ts";
import { type Clock, systemClock } from "../registry/index.ts";

/** Calls a server works on at once, of all kinds and from everybody. */
export const MAX_CONCURRENT_CALLS = 10_000;

export interface RunningCallsOptions {
  /** For error ids. */
  readonly serviceName: string;
  /** Default 10000. */
  readonly maxConcurrentCalls?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** Bounds of the hint that a refused caller gets. */
const MIN_HINT_MS = 20;
const MAX_HINT_MS = 5000;

/** The calls being worked on: a limit for them, and the means to wait for their end when stopping. */
export class RunningCalls {
  readonly #serviceName: string;
  readonly #limit: number;
  readonly #clock: Clock;
  readonly #calls = new Set<RunningCall>();
  /** Those of the calls that only their handlers know of: they ignore their signal, or have not got round to it. */
  readonly #left = new Set<RunningCall>();
  readonly #waiting: (() => void)[] = [];
  #ended = 0;
  #countedSince: number;

  constructor(options: RunningCallsOptions) {
    this.#serviceName = options.serviceName;
    this.#limit = options.maxConcurrentCalls ?? MAX_CONCURRENT_CALLS;
    this.#clock = options.clock ?? systemClock;
    this.#countedSince = this.#clock.now();
  }

  begin(call: RunningCall): void {
    this.#calls.add(call);
  }

  end(call: RunningCall): void {
    if (!this.#calls.delete(call)) return;
    this.#left.delete(call);
    this.#ended += 1;
    this.#tellIdle();
  }

  /** Nobody waits for a call any more. It counts until `end`: short deadlines would get around the limit otherwise. */
  leave(call: RunningCall): void {
    if (!this.#calls.has(call)) return;
    this.#left.add(call);
    this.#tellIdle();
  }

  /** True when there is more to do than the server takes on; the call in question has begun. */
  get isFull(): boolean {
    return this.#calls.size > this.#limit;
  }

  /** What a call that finds the server full is told. The hint is the time in which a tenth of the limit will be done. */
  refusal(): MicroError {
    const detail = `${this.#limit} calls are being worked on, which is the limit (maxConcurrentCalls)`;
    return new MicroError({ id: this.#serviceName, code: 503, detail, retryAfterMs: this.#hintMs() });
  }

  /** Resolves when no call runs that somebody waits for; at the latest after `graceMs`. */
  async whenIdle(graceMs: number): Promise<void> {
    if (this.#isIdle) return;
    let stopTimer: (() => void) | undefined;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      stopTimer = this.#clock.after(graceMs, resolve, true);
    });
    stopTimer?.();
  }

  cancelAll(reason: MicroError): void {
    for (const call of [...this.#calls]) call.cancel(reason);
  }

  get #isIdle(): boolean {
    return this.#calls.size === this.#left.size;
  }

  #tellIdle(): void {
    if (!this.#isIdle) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #hintMs(): number {
    const now = this.#clock.now();
    const elapsed = now - this.#countedSince;
    const perMs = this.#ended / Math.max(1, elapsed);
    if (elapsed > 10_000) {
      this.#countedSince = now;
      this.#ended = 0;
    }
    const tenth = perMs === 0 ? MAX_HINT_MS : this.#limit / 10 / perMs;
    return Math.round(Math.min(MAX_HINT_MS, Math.max(MIN_HINT_MS, tenth)));
  }
}
