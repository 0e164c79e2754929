import type { MicroError } from "../errors/index.ts";
import type { AnyMethod } from "../protobuf/index.ts";
import { isUnsent } from "../protocol/index.ts";

/** go-micro's number of retries. */
export const RETRIES = 1;
/** First pause, its growth and its end: 50 ms, doubled, at most 2 s, each time a random part of it (full jitter). */
export const BACKOFF_MS = 50;
export const MAX_BACKOFF_MS = 2000;

/** Nodes tried one after another while each turns out to be out of reach, whatever `retries` says. */
export const MAX_UNSENT_ATTEMPTS = 10;

/** Codes that say "the node, not the call": another attempt may fare better. */
export const TRANSIENT: ReadonlySet<number> = new Set([408, 502, 503, 504]);

/**
 * Whether a failed attempt may be made again without harm: always when no peer has seen the call; otherwise only for
 * methods whose schema says so (`option idempotency_level`), and only after failures that are not the call's own fault.
 */
export function mayRetry(error: MicroError, method: AnyMethod): boolean {
  if (isUnsent(error)) return true;
  return isIdempotent(method) && TRANSIENT.has(error.code);
}

export function isIdempotent(method: AnyMethod): boolean {
  return method.idempotency !== "unknown";
}

/** Pause before the `attempt`-th repetition (1, 2, ...), in milliseconds. */
export function backoffMs(attempt: number, random: () => number): number {
  return random() * Math.min(MAX_BACKOFF_MS, BACKOFF_MS * 2 ** (attempt - 1));
}
