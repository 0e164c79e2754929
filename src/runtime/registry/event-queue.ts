import type { RegistryEvent } from "./registry.ts";

// A watcher that reads slower than this learns that it missed something, instead of growing without bound.
const MAX_QUEUED = 10_000;

/** One watcher: events go in at `push`, come out of the iterator. */
export interface EventQueue {
  push(event: RegistryEvent): void;
  /** Ends the iterator once the queued events are read. */
  end(): void;
  readonly events: AsyncIterable<RegistryEvent>;
}

/**
 * The machinery every registry's `watch` shares. `start` runs at the first `next()` and returns what frees the watcher;
 * it is called back once: on `return()`, on abort (the iterator then ends, it does not throw) or on `end()`.
 */
export function createEventQueue(
  start: (queue: EventQueue) => () => void,
  signal?: AbortSignal | undefined,
): EventQueue {
  let queued: RegistryEvent[] = [];
  let waiting: ((result: IteratorResult<RegistryEvent>) => void)[] = [];
  let stop: (() => void) | undefined;
  let ended = false;

  const end = () => {
    if (ended) return;
    ended = true;
    signal?.removeEventListener("abort", abort);
    stop?.();
    for (const resolve of waiting) resolve({ done: true, value: undefined });
    waiting = [];
  };
  const abort = () => {
    queued = [];
    end();
  };

  const begin = () => {
    if (signal?.aborted === true) {
      abort();
      return;
    }
    signal?.addEventListener("abort", abort, { once: true });
    stop = start(queue);
    if (ended) stop();
  };

  const queue: EventQueue = {
    push(event) {
      if (ended) return;
      const resolve = waiting.shift();
      if (resolve !== undefined) resolve({ done: false, value: event });
      else if (queued.length < MAX_QUEUED) queued.push(event);
      else queued = [{ action: "reset" }];
    },
    end,
    events: {
      [Symbol.asyncIterator]: () => ({
        next() {
          if (!ended && stop === undefined) begin();
          const event = queued.shift();
          if (event !== undefined) return Promise.resolve({ done: false, value: event });
          if (ended) return Promise.resolve({ done: true, value: undefined });
          return new Promise((resolve) => waiting.push(resolve));
        },
        return() {
          abort();
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    },
  };
  return queue;
}
