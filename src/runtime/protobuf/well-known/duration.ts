import type { Duration } from "../google/protobuf/duration.ts";
import type { MessageInit } from "../message-type.ts";

/** From milliseconds, fractions and negative ones included. */
export function durationFromMs(ms: number): Duration {
  const seconds = Math.trunc(ms / 1000);
  if (!Number.isSafeInteger(seconds)) throw new RangeError(`${ms} is no duration`);
  // `+ 0` makes 0 of -0.
  return { seconds: BigInt(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) + 0 };
}

/** Milliseconds; what is finer becomes the fraction. */
export function durationToMs(duration: MessageInit<Duration>): number {
  return Number(duration.seconds ?? 0n) * 1000 + (duration.nanos ?? 0) / 1e6;
}
