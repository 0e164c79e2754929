import { NO_ROOM } from "./room.ts";

/** Writes a message at `p` and returns the position behind it; throws NO_ROOM when `b` is too small. */
export type Encoder<M> = (message: M, b: Uint8Array, p: number) => number;

const SLAB_BYTES = 128 * 1024;
/** Longer results get an array of their own, so that a small one kept for long never holds much. */
const SHARED_BYTES = 1024;
const MAX_BYTES = 2 ** 31 - 1;

// Scratch memory, made on first use. Results of up to 1 KiB are views of it, as with Node's Buffer pool.
let slab: Uint8Array | undefined;
let used = 0;
let busy = false;

/** Runs an encoder over scratch memory and returns what it wrote. */
export function encodeToArray<M>(encode: Encoder<M>, message: M): Uint8Array {
  return withScratch(encode, message, toArray);
}

/** Runs an encoder over scratch memory and hands `b[start..end)` to `take` before the memory is used again. */
export function withScratch<M, R>(
  encode: Encoder<M>,
  message: M,
  take: (b: Uint8Array, start: number, end: number) => R,
): R {
  // A getter of the message may encode something itself.
  if (busy) return withOwnMemory(encode, message, take, 4096);
  slab ??= new Uint8Array(SLAB_BYTES);
  busy = true;
  try {
    return take(slab, used, encode(message, slab, used));
  } catch (error) {
    if (error !== NO_ROOM) throw error;
  } finally {
    busy = false;
  }
  return withOwnMemory(encode, message, take, SLAB_BYTES * 4);
}

function toArray(b: Uint8Array, start: number, end: number): Uint8Array {
  if (end - start > SHARED_BYTES || b !== slab) return b.slice(start, end);
  used = end;
  if (used > SLAB_BYTES / 2) {
    slab = undefined;
    used = 0;
  }
  return new Uint8Array(b.buffer, start, end - start);
}

function withOwnMemory<M, R>(
  encode: Encoder<M>,
  message: M,
  take: (b: Uint8Array, start: number, end: number) => R,
  firstBytes: number,
): R {
  for (let bytes = firstBytes; ; bytes = Math.min(bytes * 4, MAX_BYTES)) {
    const b = new Uint8Array(bytes);
    try {
      return take(b, 0, encode(message, b, 0));
    } catch (error) {
      if (error !== NO_ROOM) throw error;
      if (bytes === MAX_BYTES) throw new RangeError("message is larger than 2 GiB");
    }
  }
}

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
  return withScratch(encode, message, (b, start, end) => {
    if (offset + end - start > target.length) return -1;
    target.set(b.subarray(start, end), offset);
    return offset + end - start;
  });
}
