import type { Encoder, StyledEncoder } from "../binary/arena.ts";
import { NO_ROOM } from "../binary/room.ts";

export type { Encoder, StyledEncoder };

// Memory that the next encode writes to; undefined while one does, because a getter of its message may encode something itself.
let scratch: Uint8Array | undefined;

/** Runs an encoder over scratch memory and returns what it wrote. */
export function encodeToArray<M>(encode: Encoder<M>, message: M): Uint8Array;
export function encodeToArray<M, S>(encode: StyledEncoder<M, S>, message: M, style: S): Uint8Array;
export function encodeToArray<M, S>(
  encode: StyledEncoder<M, S | undefined>,
  message: M,
  style?: S,
): Uint8Array {
  return withScratch(encode, message, style, (b, start, end) => b.slice(start, end));
}

/** Runs an encoder over scratch memory and hands `b[start..end)` to `take` before the memory is used again. */
export function withScratch<M, S, R>(
  encode: StyledEncoder<M, S>,
  message: M,
  style: S,
  take: (b: Uint8Array, start: number, end: number) => R,
): R {
  let b = scratch ?? new Uint8Array(4096);
  for (;;) {
    scratch = undefined;
    try {
      return take(b, 0, encode(message, b, 0, style));
    } catch (error) {
      if (error !== NO_ROOM) throw error;
    } finally {
      // What was needed once for something large is not held for good.
      if (b.length < 1e6) scratch = b;
    }
    // Ends in a RangeError of the engine, some gigabytes later.
    b = new Uint8Array(b.length * 4);
  }
}
