import { MicroError } from "../errors/index.ts";
import { CLIENT_ID, deadlineExceeded, errorOfAbort, startDeadline } from "../protocol/index.ts";

/** What ends a call early. */
export interface CallLimits {
  /** Milliseconds since the epoch. */
  readonly deadline: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Waits for `work`, but no longer than the call may take. Rejects with MicroError; `work` goes on unheard then. */
export function waitWithin<T>(work: Promise<T>, limits: CallLimits): Promise<T> {
  const { deadline, signal } = limits;
  if (signal?.aborted) return Promise.reject(errorOfAbort(signal.reason));
  return new Promise((resolve, reject) => {
    const onAbort = () => settle(reject, errorOfAbort(signal?.reason));
    const timer = startDeadline(deadline, () => settle(reject, deadlineExceeded()));
    signal?.addEventListener("abort", onAbort, { once: true });
    function settle<V>(how: (value: V) => void, value: V): void {
      clearTimeout(timer);
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
export async function pause(ms: number, limits: CallLimits): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    await waitWithin(
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, ms);
      }),
      limits,
    );
  } finally {
    clearTimeout(timer);
  }
}
