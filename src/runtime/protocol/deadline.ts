import type { Clock } from "../registry/index.ts";

/** Longest delay a timer of Node takes; beyond it would fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * Calls `work` at `deadline` (milliseconds since the epoch). Undefined without a deadline, and for one that is weeks
 * away: no timer can wait so long, and no call either.
 */
export function startDeadline(deadline: number | undefined, work: () => void): NodeJS.Timeout | undefined {
  if (deadline === undefined) return undefined;
  const delay = deadline - Date.now();
  return delay > MAX_DELAY_MS ? undefined : setTimeout(work, Math.max(0, delay));
}

/** {@link startDeadline} by any clock; the answer cancels. */
export function atDeadline(
  clock: Clock,
  deadline: number | undefined,
  work: () => void,
): (() => void) | undefined {
  if (deadline === undefined) return undefined;
  const delay = deadline - clock.epochMs();
  return delay > MAX_DELAY_MS ? undefined : clock.after(Math.max(0, delay), work, true);
}
