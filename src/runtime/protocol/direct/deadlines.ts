import type { Clock } from "../../registry/index.ts";
import { Roster, type Seat } from "../../roster/index.ts";
import { atDeadline } from "../deadline.ts";

/** A call that ends at its deadline. */
export interface TimedCall {
  readonly deadline: number;
  /** Its place among the calls without a timer. */
  readonly deadlineSeat: Seat;
  /** Ends its timer, once it has one. */
  stopTimer: (() => void) | undefined;
  expire(): void;
}

/**
 * The deadlines of calls inside a process. Most such calls are over before the event loop turns once, and a timer costs as
 * much as half of one: only a call that outlives the turn it began in gets one.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #fresh = new Roster<TimedCall>();
  #willLook = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(call: TimedCall): void {
    this.#fresh.join(call, call.deadlineSeat);
    if (this.#willLook) return;
    this.#willLook = true;
    setImmediate(() => this.#startTimers());
  }

  delete(call: TimedCall): void {
    if (this.#fresh.leave(call.deadlineSeat)) return;
    call.stopTimer?.();
    call.stopTimer = undefined;
  }

  #startTimers(): void {
    this.#willLook = false;
    for (const call of this.#fresh.all()) {
      this.#fresh.leave(call.deadlineSeat);
      call.stopTimer = atDeadline(this.#clock, call.deadline, () => call.expire());
    }
  }
}
