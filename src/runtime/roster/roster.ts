/** A member's place in a {@link Roster}. Each member keeps its own, and makes it once. */
export interface Seat {
  /** -1: not in the roster. The roster's own note. */
  at: number;
}

/**
 * Who is here now: calls, streams. Made for those who come and go thousands of times a second. A Set would do the same and
 * keep the dead alive: its tables outlive each other in a chain that only a full garbage collection breaks, and every table
 * holds whoever was in it when it was replaced. That costs more than the calls themselves.
 */
export class Roster<Member> {
  readonly #members: Member[] = [];
  readonly #seats: Seat[] = [];

  get size(): number {
    return this.#members.length;
  }

  /** `seat` must be that of a member who is not here. */
  join(member: Member, seat: Seat): void {
    seat.at = this.#members.length;
    this.#members.push(member);
    this.#seats.push(seat);
  }

  /** False when whose seat it is was not here: leaving twice is fine. */
  leave(seat: Seat): boolean {
    const { at } = seat;
    if (at < 0) return false;
    seat.at = -1;
    const lastMember = this.#members.pop() as Member;
    const lastSeat = this.#seats.pop() as Seat;
    if (lastSeat !== seat) {
      this.#members[at] = lastMember;
      this.#seats[at] = lastSeat;
      lastSeat.at = at;
    }
    return true;
  }

  /** Everybody, in no order; a copy, so that they may come and go meanwhile. */
  all(): Member[] {
    return this.#members.slice();
  }
}
