/** Who fills a queue. */
export interface QueueOwner {
  /** The reader caught up: more may come. */
  queueDrained(): void;
  /** The reader left before the end. */
  queueAbandoned(): void;
}

interface Waiter<T> {
  resolve(result: IteratorResult<T, undefined>): void;
  reject(reason: unknown): void;
}

/** Bytes held before the owner is asked to pause, however few messages they are. */
const HIGH_WATER_BYTES = 1024 * 1024;

const DONE = { done: true, value: undefined } as const;

/**
 * Messages on their way from the wire to an application that pulls them. `push` tells when to stop reading; the owner
 * hears when to go on. One reader.
 */
export class MessageQueue<T> implements AsyncIterableIterator<T> {
  readonly #owner: QueueOwner;
  readonly #highWater: number;
  readonly #items: T[] = [];
  readonly #waiters: Waiter<T>[] = [];
  #head = 0;
  /** Of all that came since the queue was empty. */
  #bytes = 0;
  #full = false;
  #ended = false;
  #failed = false;
  #reason: unknown;

  /** `highWater`: messages held before the owner is asked to pause. */
  constructor(owner: QueueOwner, highWater = 16) {
    this.#owner = owner;
    this.#highWater = highWater;
  }

  /** True when the end is told, or the reader left: what is still pushed is dropped. */
  get isEnded(): boolean {
    return this.#ended;
  }

  /** `bytes`: size of the item. False: stop reading until `queueDrained`. */
  push(item: T, bytes: number): boolean {
    if (this.#ended) return true;
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.resolve({ done: false, value: item });
      return true;
    }
    this.#items.push(item);
    this.#bytes += bytes;
    this.#full = this.#items.length - this.#head >= this.#highWater || this.#bytes >= HIGH_WATER_BYTES;
    return !this.#full;
  }

  /** What is queued can still be read, then comes the end. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const waiter of this.#waiters.splice(0)) waiter.resolve(DONE);
  }

  /** What is queued can still be read, then `reason` is thrown once. */
  fail(reason: unknown): void {
    if (this.#ended) return;
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) waiter.reject(reason);
    else {
      this.#failed = true;
      this.#reason = reason;
    }
    this.end();
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#head < this.#items.length) return Promise.resolve({ done: false, value: this.#take() });
    if (this.#failed) {
      this.#failed = false;
      return Promise.reject(this.#reason);
    }
    if (this.#ended) return Promise.resolve(DONE);
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<T, undefined>> {
    const early = !this.#ended;
    this.#items.length = 0;
    this.#head = 0;
    this.#bytes = 0;
    this.#failed = false;
    this.end();
    if (early) this.#owner.queueAbandoned();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #take(): T {
    const item = this.#items[this.#head] as T;
    this.#head += 1;
    if (this.#head === this.#items.length) {
      this.#items.length = 0;
      this.#head = 0;
      this.#bytes = 0;
      if (this.#full) {
        this.#full = false;
        this.#owner.queueDrained();
      }
    }
    return item;
  }
}
