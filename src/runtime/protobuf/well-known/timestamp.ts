import type { Timestamp } from "../google/protobuf/timestamp.ts";
import type { MessageInit } from "../message-type.ts";

/** The present time, to the millisecond. */
export function timestampNow(): Timestamp {
  return timestampFromMs(Date.now());
}

/** @throws RangeError for an invalid Date */
export function timestampFromDate(date: Date): Timestamp {
  return timestampFromMs(date.getTime());
}

/** From milliseconds since 1970, fractions included. */
export function timestampFromMs(ms: number): Timestamp {
  const seconds = Math.floor(ms / 1000);
  if (!Number.isSafeInteger(seconds)) throw new RangeError(`${ms} is no time`);
  return { seconds: BigInt(seconds), nanos: Math.min(Math.round((ms - seconds * 1000) * 1e6), 999_999_999) };
}

/** Milliseconds since 1970; what is finer becomes the fraction. */
export function timestampToMs(timestamp: MessageInit<Timestamp>): number {
  return Number(timestamp.seconds ?? 0n) * 1000 + (timestamp.nanos ?? 0) / 1e6;
}

/** Cut to the millisecond. */
export function timestampToDate(timestamp: MessageInit<Timestamp>): Date {
  return new Date(Math.floor(timestampToMs(timestamp)));
}
