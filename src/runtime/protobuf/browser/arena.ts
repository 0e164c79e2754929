import type { Encoder, StyledEncoder } from "../binary/arena.ts";
import { NO_ROOM } from "../binary/room.ts";

export type { Encoder, StyledEncoder };

/** Runs an encoder over new memory and returns what it wrote. */
export function encodeToArray<M>(encode: Encoder<M>, message: M): Uint8Array;
export function encodeToArray<M, S>(encode: StyledEncoder<M, S>, message: M, style: S): Uint8Array;
export function encodeToArray<M, S>(
  encode: StyledEncoder<M, S | undefined>,
  message: M,
  style?: S,
): Uint8Array {
  return withScratch(encode, message, style, (b, start, end) => b.slice(start, end));
}

/** Runs an encoder over new memory and hands `b[start..end)` to `take`. */
export function withScratch<M, S, R>(
  encode: StyledEncoder<M, S>,
  message: M,
  style: S,
  take: (b: Uint8Array, start: number, end: number) => R,
): R {
  // Ends in a RangeError of the engine, some gigabytes later.
  for (let size = 1024; ; size *= 4) {
    const b = new Uint8Array(size);
    try {
      return take(b, 0, encode(message, b, 0, style));
    } catch (error) {
      if (error !== NO_ROOM) throw error;
    }
  }
}
