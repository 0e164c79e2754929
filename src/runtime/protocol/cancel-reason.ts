import { MicroError, messageOf, timeout } from "../errors/index.ts";

/** Who made errors that no service made (go-micro's id). */
export const CLIENT_ID = "go.micro.client";

/** What an aborted signal means for a call: our own errors pass, a timeout is 408, everything else 499. */
export function errorOfAbort(reason: unknown): MicroError {
  if (MicroError.is(reason)) return reason;
  const isTimeout = reason instanceof Error && reason.name === "TimeoutError";
  return isTimeout
    ? new MicroError({ id: CLIENT_ID, code: 408, detail: "deadline exceeded", cause: reason })
    : new MicroError({ id: CLIENT_ID, code: 499, detail: "call was cancelled", cause: reason });
}

export function deadlineExceeded(id: string = CLIENT_ID): MicroError {
  return timeout(id, "deadline exceeded");
}

/** The caller's own stream of requests threw: the call cannot go on. */
export function requestsFailed(cause: unknown): MicroError {
  const reason = messageOf(cause);
  return new MicroError({
    id: CLIENT_ID,
    code: 499,
    detail: `the stream of requests failed: ${reason}`,
    cause,
  });
}

/** Why a call need not even begin: its signal is aborted or its deadline has passed. */
export function overBeforeStart(
  limits: { readonly deadline: number | undefined; readonly signal: AbortSignal | undefined },
  now: number = Date.now(),
): MicroError | undefined {
  const { deadline, signal } = limits;
  if (signal?.aborted) return errorOfAbort(signal.reason);
  return deadline !== undefined && deadline <= now ? deadlineExceeded() : undefined;
}
