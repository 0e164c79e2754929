import type { LogRecord, LogSink } from "./log.ts";

/** go-micro's ring holds 1024. */
const MAX_RECORDS = 1024;
const MAX_SIZE = 4 * 1024 * 1024;
/** Records that may wait for a follower. */
const MAX_WAITING = 1000;

export interface ReadOptions {
  /** The last so many. Default: all. */
  readonly count?: number | undefined;
  /** Those of this moment and later, in milliseconds since the epoch. */
  readonly sinceEpochMs?: number | undefined;
}

/** The last lines of a log, and those to come, for whoever asks the running service. */
export interface RecentRecords {
  readonly sink: LogSink;
  /** Oldest first. */
  read(options?: ReadOptions): readonly LogRecord[];
  /**
   * Every line from now on, until `signal` aborts. Who reads slowly misses the oldest of what waits for him, and gets a
   * record that says how many.
   */
  follow(signal: AbortSignal): AsyncIterable<LogRecord>;
}

/** Keeps at most 1024 records of 4 MiB together. */
export function createRecentRecords(): RecentRecords {
  const kept: { readonly record: LogRecord; readonly size: number }[] = [];
  const followers = new Set<Follower>();
  let size = 0;
  return {
    sink(record) {
      const own = sizeOf(record);
      kept.push({ record, size: own });
      size += own;
      while (kept.length > MAX_RECORDS || size > MAX_SIZE) size -= kept.shift()?.size ?? 0;
      for (const follower of followers) follower.push(record);
    },
    read({ count, sinceEpochMs } = {}) {
      const records = kept.map(({ record }) => record);
      const recent =
        sinceEpochMs === undefined ? records : records.filter(({ epochMs }) => epochMs >= sinceEpochMs);
      return count === undefined ? recent : count <= 0 ? [] : recent.slice(-count);
    },
    follow(signal) {
      const follower = new Follower();
      followers.add(follower);
      const end = () => {
        followers.delete(follower);
        follower.end();
      };
      signal.addEventListener("abort", end, { once: true });
      if (signal.aborted) end();
      return follower.records(() => {
        signal.removeEventListener("abort", end);
        end();
      });
    },
  };
}

/** What one reader has still to see. */
class Follower {
  readonly #waiting: LogRecord[] = [];
  #missed = 0;
  #wake: (() => void) | undefined;
  #ended = false;

  push(record: LogRecord): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#waiting.shift();
      this.#missed += 1;
    }
    this.#waiting.push(record);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *records(done: () => void): AsyncGenerator<LogRecord> {
    try {
      for (;;) {
        const record = this.#waiting.shift();
        if (record !== undefined) {
          if (this.#missed > 0) {
            const message = `${this.#missed} lines are missing here: they were read too slowly`;
            this.#missed = 0;
            yield { ...record, level: "warn", message, call: {}, fields: {} };
          }
          yield record;
        } else if (this.#ended) return;
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
    } finally {
      done();
    }
  }
}

/** About the memory it takes. */
function sizeOf({ message, fields, call }: LogRecord): number {
  return 200 + message.length + JSON.stringify(fields).length + JSON.stringify(call).length;
}
