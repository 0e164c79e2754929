import { Roster, type Seat } from "../roster/index.ts";
import { startDeadline } from "./deadline.ts";

/** A call that ends at its deadline. */
export interface TimedCall {
  /** Milliseconds since the epoch; Infinity: none. */
  readonly deadline: number;
  /** Its place among those whose deadline is watched. */
  readonly deadlineSeat: Seat;
  /** The deadline has passed. */
  expire(): void;
}

/**
 * The deadlines of all calls on a connection, or of a server, with one timer for the earliest: nearly all calls are over long
 * before, and a timer for each costs more than looking at all that are left when one is due. The timer does not keep the
 * process alive; the connection does, as long as it carries a call.
 */
export class SharedDeadlines {
  readonly #calls = new Roster<TimedCall>();
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  readonly #look = (): void => {
    this.#dueAt = Number.POSITIVE_INFINITY;
    const now = Date.now();
    let earliest = Number.POSITIVE_INFINITY;
    for (const call of this.#calls.all()) {
      if (call.deadline > now) earliest = Math.min(earliest, call.deadline);
      // One that was in the copy may be gone: what another's end led to ended it.
      else if (this.#calls.leave(call.deadlineSeat)) call.expire();
    }
    this.#wakeAt(earliest);
  };

  /** Nothing is done for a call without a deadline. `delete` must follow. */
  add(call: TimedCall): void {
    if (call.deadline === Number.POSITIVE_INFINITY) return;
    this.#calls.join(call, call.deadlineSeat);
    this.#wakeAt(call.deadline);
  }

  /** Doing it twice, or for a call without a deadline, is fine. */
  delete(call: TimedCall): void {
    this.#calls.leave(call.deadlineSeat);
  }

  #wakeAt(deadline: number): void {
    if (deadline >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#timer = startDeadline(deadline, this.#look)?.unref();
    if (this.#timer !== undefined) this.#dueAt = deadline;
  }
}
