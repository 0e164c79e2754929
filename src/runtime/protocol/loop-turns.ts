/** Small enough that timers and other calls hardly notice, large enough that a turn costs nothing beside it. */
const MESSAGES_PER_TURN = 32;
const MS_PER_TURN = 5;

/**
 * Sees to it that a stream of messages leaves the event loop its turns. Promises alone never do: a handler that yields
 * without waiting for anything would keep timers, sockets and its own cancellation waiting until it ends.
 */
export class LoopTurns {
  readonly #now: () => number;
  #messages = 0;
  #since: number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#since = now();
  }

  /** After each message. Undefined: go on; else the turn was long enough: wait for this first. */
  next(): Promise<void> | undefined {
    this.#messages += 1;
    if (this.#messages < MESSAGES_PER_TURN && this.#now() - this.#since < MS_PER_TURN) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        this.#messages = 0;
        this.#since = this.#now();
        resolve();
      });
    });
  }
}
