import { MicroError } from "../errors/index.ts";
import type { RunningCall } from "../protocol/index.ts";
import { type Clock, systemClock } from "../registry/index.ts";
import { Roster } from "../roster/index.ts";

/** Calls a server works on at once, of all kinds and from everybody. */
export const MAX_CONCURRENT_CALLS = 10_000;
/** Longer than anything that looks at its signal between two steps, short enough that a server with a stuck handler lives. */
export const ABANDONED_HANDLER_MS = 60_000;

export interface RunningCallsOptions {
  /** For error ids. */
  readonly serviceName: string;
  /** Default 10000. */
  readonly maxConcurrentCalls?: number | undefined;
  /** How long a handler that nobody waits for keeps its place. Default 60000. */
  readonly abandonedHandlerMs?: number | undefined;
  /** Told about handlers that lost their place. */
  readonly onAbandoned?: ((line: string) => void) | undefined;
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
  readonly #calls = new Roster<RunningCall>();
  readonly #abandonedMs: number;
  readonly #onAbandoned: (line: string) => void;
  /** Those of the calls that only their handlers know of: they ignore their signal, or have not got round to it. Oldest first. */
  readonly #left = new Map<RunningCall, { readonly path: string; readonly leftAt: number }>();
  /** Handlers that work on and lost their place. Never more than places: then stuck handlers keep theirs. */
  readonly #abandoned = new Set<RunningCall>();
  #stopTimer: (() => void) | undefined;
  readonly #waiting: (() => void)[] = [];
  #ended = 0;
  #countedSince: number;

  constructor(options: RunningCallsOptions) {
    this.#serviceName = options.serviceName;
    this.#limit = options.maxConcurrentCalls ?? MAX_CONCURRENT_CALLS;
    this.#clock = options.clock ?? systemClock;
    this.#abandonedMs = options.abandonedHandlerMs ?? ABANDONED_HANDLER_MS;
    this.#onAbandoned = options.onAbandoned ?? (() => {});
    this.#countedSince = this.#clock.now();
  }

  begin(call: RunningCall): void {
    call.seat ??= { at: -1 };
    this.#calls.join(call, call.seat);
  }

  end(call: RunningCall): void {
    // A place among the abandoned is free for the next.
    if (this.#abandoned.size > 0 && this.#abandoned.delete(call)) this.#watchOldest();
    if (call.seat === undefined || !this.#calls.leave(call.seat)) return;
    if (this.#left.size > 0) this.#left.delete(call);
    this.#ended += 1;
    this.#tellIdle();
  }

  /**
   * Nobody waits for a call any more. It counts until `end`, since short deadlines would get around the limit otherwise, or
   * for `abandonedHandlerMs`: a handler that ignores its signal for good must not keep a place for good.
   */
  leave(call: RunningCall, path: string): void {
    if (call.seat === undefined || call.seat.at < 0 || this.#left.has(call)) return;
    this.#left.set(call, { path, leftAt: this.#clock.now() });
    this.#watchOldest();
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
    for (const call of this.#calls.all()) call.cancel(reason);
  }

  /** Lets go of timers: nobody is called any more. */
  stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #watchOldest(): void {
    const [oldest] = this.#left.values();
    if (oldest === undefined || this.#stopTimer !== undefined) return;
    const waitMs = Math.max(0, oldest.leftAt + this.#abandonedMs - this.#clock.now());
    this.#stopTimer = this.#clock.after(waitMs, () => {
      this.#stopTimer = undefined;
      this.#abandonOldest();
    });
  }

  #abandonOldest(): void {
    const counts = new Map<string, number>();
    for (const [call, { path, leftAt }] of this.#left) {
      if (leftAt + this.#abandonedMs > this.#clock.now() || this.#abandoned.size >= this.#limit) break;
      this.#left.delete(call);
      if (call.seat !== undefined) this.#calls.leave(call.seat);
      this.#abandoned.add(call);
      counts.set(path, (counts.get(path) ?? 0) + 1);
    }
    for (const [path, count] of counts)
      this.#onAbandoned(
        `${this.#serviceName}: ${count} handlers of ${path} work on ${this.#abandonedMs} ms after their callers left: they ignore context.signal; their places are given to others`,
      );
    if (this.#abandoned.size < this.#limit) this.#watchOldest();
  }

  get #isIdle(): boolean {
    return this.#calls.size === this.#left.size;
  }

  #tellIdle(): void {
    if (this.#waiting.length === 0 || !this.#isIdle) return;
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
