/** Work that must be done in the order it was asked for, one line per key. */
export interface Turns {
  /** Undefined when `maxWaiting` of this key wait already. */
  take<T>(key: string, work: () => Promise<T>): Promise<T> | undefined;
  /** Resolves when nothing that was asked for until now waits any more. */
  idle(): Promise<void>;
}

interface Line {
  waiting: number;
  last: Promise<unknown>;
}

export function createTurns(maxWaiting: number): Turns {
  const lines = new Map<string, Line>();

  return {
    take(key, work) {
      const line = lines.get(key) ?? { waiting: 0, last: Promise.resolve() };
      if (line.waiting >= maxWaiting) return undefined;
      lines.set(key, line);
      line.waiting += 1;
      const turn = line.last.then(work);
      line.last = turn
        .catch(() => {}) // whoever asked hears of it
        .then(() => {
          line.waiting -= 1;
          if (line.waiting === 0) lines.delete(key);
        });
      return turn;
    },
    async idle() {
      await Promise.all([...lines.values()].map(({ last }) => last));
    },
  };
}
