/** About a millisecond's work: as much as others hardly notice. */
const BYTES_PER_TURN = 256 * 1024;

/**
 * What the calls of a server may unfold together, turn by turn of the event loop. Some 30 compressed bytes become 4 MiB in
 * 20 ms: a thousand such calls in one read of a socket would keep everybody else waiting for as many times that. Who
 * unfolds more than a turn's share leaves the next turns to others; who has to wait does so in the line of its connection,
 * and the lines are served in turn, so that a flood delays itself first.
 */
export class UnfoldTurns {
  /** Below zero: what was unfolded too much, to be made up for by turns without any. */
  #left = BYTES_PER_TURN;
  #willTick = false;
  readonly #lines = new Map<object, (() => void)[]>();

  /** True while nothing more may be unfolded: {@link wait}. */
  get isOver(): boolean {
    return this.#left <= 0;
  }

  /** After unfolding, also in vain: a bomb that was stopped has cost as much. */
  spend(bytes: number): void {
    this.#left -= bytes;
    this.#awaitTick();
  }

  /** Calls `goOn` when it is the turn of `connection`, whatever has happened to the call by then. */
  wait(connection: object, goOn: () => void): void {
    const line = this.#lines.get(connection);
    if (line === undefined) this.#lines.set(connection, [goOn]);
    else line.push(goOn);
    this.#awaitTick();
  }

  #awaitTick(): void {
    if (this.#willTick) return;
    this.#willTick = true;
    setImmediate(() => this.#tick());
  }

  #tick(): void {
    this.#willTick = false;
    this.#left = Math.min(BYTES_PER_TURN, this.#left + BYTES_PER_TURN);
    for (const [connection, line] of this.#lines) {
      if (this.isOver) break;
      this.#lines.delete(connection);
      const goOn = line.shift();
      // To the end: the others are first.
      if (line.length > 0) this.#lines.set(connection, line);
      goOn?.();
    }
    if (this.#left < BYTES_PER_TURN || this.#lines.size > 0) this.#awaitTick();
  }
}
