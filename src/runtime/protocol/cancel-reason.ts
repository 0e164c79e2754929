import { MicroError, messageOf } from "../errors/index.ts";
import { isUnsent, markUnsent } from "./channel.ts";

/** Who made errors that no service made (go-micro's id). */
export const CLIENT_ID = "go.micro.client";

/** What an aborted signal means for a call: our own errors pass, a timeout is 408, everything else 499. */
export function errorOfAbort(reason: unknown): MicroError {
  if (MicroError.is(reason)) return reason;
  const isTimeout = reason instanceof Error && reason.name === "TimeoutError";
  return isTimeout
    ? deadlineExceeded(CLIENT_ID, reason)
    : new MicroError({ id: CLIENT_ID, code: 499, detail: "call was cancelled", cause: reason });
}

const OWN_DEADLINE = Symbol.for("@micro-service/runtime/own-deadline");

export function deadlineExceeded(id: string = CLIENT_ID, cause?: unknown): MicroError {
  const error = new MicroError({ id, code: 408, detail: "deadline exceeded", cause });
  return id === CLIENT_ID ? Object.defineProperty(error, OWN_DEADLINE, { value: true }) : error;
}

/**
 * A deadline that passed on our side, with what the call was `doing` then: `waiting for an answer of 127.0.0.1:80`. Every
 * other error, also a peer's of the same words, stays as it is; told by a mark that no wire carries.
 */
export function whileDoing(error: MicroError, doing: string): MicroError {
  if ((error as unknown as Record<symbol, unknown>)[OWN_DEADLINE] !== true) return error;
  const { id, code, detail, cause } = error;
  const explained = new MicroError({ id, code, detail: `${detail} while ${doing}`, cause });
  return isUnsent(error) ? markUnsent(explained) : explained;
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
