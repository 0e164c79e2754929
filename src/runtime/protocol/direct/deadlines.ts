import type { Clock } from "../../registry/index.ts";
import { atDeadline } from "../deadline.ts";

/** A call that ends at its deadline. */
export interface TimedCall {
  readonly deadline: number;
  expire(): void;
}

/**
 * The deadlines of calls inside a process. Most such calls are over before the event loop turns once, and a timer costs as
 * much as half of one: only a call that outlives the turn it began in gets one.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #fresh = new Set<TimedCall>();
  readonly #timers = new Map<TimedCall, () => void>();
  #willLook = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(call: TimedCall): void {
    this.#fresh.add(call);
    if (this.#willLook) return;
    this.#willLook = true;
    setImmediate(() => this.#startTimers());
  }

  delete(call: TimedCall): void {
    if (this.#fresh.delete(call)) return;
    this.#timers.get(call)?.();
    this.#timers.delete(call);
  }

  #startTimers(): void {
    this.#willLook = false;
    for (const call of this.#fresh) {
      const stop = atDeadline(this.#clock, call.deadline, () => call.expire());
      if (stop !== undefined) this.#timers.set(call, stop);
    }
    this.#fresh.clear();
  }
}
