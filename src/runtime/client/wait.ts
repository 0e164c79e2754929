import { MicroError } from "../errors/index.ts";
import { atDeadline, CLIENT_ID, deadlineExceeded, errorOfAbort } from "../protocol/index.ts";
import type { Clock } from "../registry/index.ts";

/** What ends a call early. */
export interface CallLimits {
  /** Milliseconds since the epoch. */
  readonly deadline: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Waits for `work`, but no longer than the call may take. Rejects with MicroError; `work` goes on unheard then. */
export function waitWithin<T>(work: Promise<T>, limits: CallLimits, clock: Clock): Promise<T> {
  const { deadline, signal } = limits;
  if (signal?.aborted) return Promise.reject(errorOfAbort(signal.reason));
  return new Promise((resolve, reject) => {
    const onAbort = () => settle(reject, errorOfAbort(signal?.reason));
    const stopTimer = atDeadline(clock, deadline, () => settle(reject, deadlineExceeded()));
    signal?.addEventListener("abort", onAbort, { once: true });
    function settle<V>(how: (value: V) => void, value: V): void {
      stopTimer?.();
      signal?.removeEventListener("abort", onAbort);
      how(value);
    }
    work.then(
      (value) => settle(resolve, value),
      (reason) => settle(reject, MicroError.from(reason, CLIENT_ID)),
    );
  });
}

/** Waits `ms`, but no longer than the call may take. */
export async function pause(ms: number, limits: CallLimits, clock: Clock): Promise<void> {
  let stopTimer: (() => void) | undefined;
  try {
    const over = new Promise<void>((resolve) => {
      stopTimer = clock.after(ms, resolve, true);
    });
    await waitWithin(over, limits, clock);
  } finally {
    stopTimer?.();
  }
}
