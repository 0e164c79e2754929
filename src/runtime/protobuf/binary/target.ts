import { type Encoder, withScratch } from "./arena.ts";
import { NO_ROOM } from "./room.ts";

/**
 * Writes into memory of the caller from `offset` on. Returns the position behind the message, or -1 when it does not fit
 * (the bytes behind `offset` may then be overwritten).
 */
export function encodeToTarget<M>(
  encode: Encoder<M>,
  message: M,
  target: Uint8Array,
  offset: number,
): number {
  try {
    return encode(message, target, offset);
  } catch (error) {
    if (error !== NO_ROOM) throw error;
  }
  // The encoder wants room to spare: a message that fits by less is written aside first.
  return withScratch(encode, message, undefined, (b, start, end) => {
    if (offset + end - start > target.length) return -1;
    target.set(b.subarray(start, end), offset);
    return offset + end - start;
  });
}
