import type { Clock } from "../clock.ts";

// A node's text has a few KiB, so this is a thousand nodes at once. Reading it all takes less than a tenth of a second.
const BURST_BYTES = 4 * 1024 * 1024;
const BYTES_PER_MS = 1_024;
const MAX_SENDERS = 256;

/**
 * How much text each neighbour may have us read. A datagram of a few hundred bytes inflates to 64 KiB of JSON, and costs
 * two milliseconds: without a bound, one machine on the link could keep all others busy.
 */
export interface ReadingBudget {
  /** False: the sender has used up its share, which grows again by 1 MiB each second. */
  take(sender: string, bytes: number): boolean;
}

export function createReadingBudget(clock: Clock): ReadingBudget {
  const shares = new Map<string, { bytes: number; at: number }>();
  return {
    take(sender, bytes) {
      const now = clock.now();
      const share = shares.get(sender);
      const left =
        share === undefined
          ? BURST_BYTES
          : Math.min(BURST_BYTES, share.bytes + (now - share.at) * BYTES_PER_MS);
      // Last in line again: those who were silent the longest are forgotten first.
      shares.delete(sender);
      if (shares.size >= MAX_SENDERS) shares.delete(shares.keys().next().value as string);
      const isEnough = left >= bytes;
      shares.set(sender, { bytes: isEnough ? left - bytes : left, at: now });
      return isEnough;
    },
  };
}
