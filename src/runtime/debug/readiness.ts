/** `serving`: takes calls. `stopping`: takes them, but wants no more. `ended`: the listener is about to close. */
export type Phase = "serving" | "stopping" | "ended";

/** Whether a service takes calls, for handlers that tell others and whose streams must not hold up its end. */
export interface Readiness {
  readonly phase: Phase;
  /** There is no way back to an earlier phase; asking for it changes nothing. */
  enter(phase: Phase): void;
  /** Calls `listener` after every change, until what it returns is called. */
  onChange(listener: () => void): () => void;
}

const ORDER: readonly Phase[] = ["serving", "stopping", "ended"];

/** Begins with `serving`: before the start nobody can ask. */
export function createReadiness(): Readiness {
  const listeners = new Set<() => void>();
  let phase: Phase = "serving";
  return {
    get phase() {
      return phase;
    },
    enter(next) {
      if (ORDER.indexOf(next) <= ORDER.indexOf(phase)) return;
      phase = next;
      for (const listener of [...listeners]) listener();
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The next item; none once the service has ended, so that a stream nobody closes does not keep it from stopping. */
export function nextWhileServing<T>(
  iterator: AsyncIterator<T>,
  readiness: Readiness,
): Promise<IteratorResult<T, unknown>> {
  return new Promise((resolve, reject) => {
    const check = () => {
      if (readiness.phase === "ended") resolve({ done: true, value: undefined });
    };
    const forget = readiness.onChange(check);
    check();
    iterator.next().then(resolve, reject).finally(forget);
  });
}
