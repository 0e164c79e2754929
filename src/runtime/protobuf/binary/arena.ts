import { NO_ROOM } from "./room.ts";

/** Writes a message at `p` and returns the position behind it; throws NO_ROOM when `b` is too small. */
export type Encoder<M> = (message: M, b: Uint8Array, p: number) => number;

/** As Encoder, with a third thing to know about how to write. */
export type StyledEncoder<M, S> = (message: M, b: Uint8Array, p: number, style: S) => number;

const SLAB_BYTES = 128 * 1024;
/** Longer results get an array of their own, so that a small one kept for long never holds much. */
const SHARED_BYTES = 1024;

// Scratch memory, made on first use. Results of up to 1 KiB are views of it, as with Node's Buffer pool.
let slab: Uint8Array | undefined;
let used = 0;
let busy = false;

/** Runs an encoder over scratch memory and returns what it wrote. */
export function encodeToArray<M>(encode: Encoder<M>, message: M): Uint8Array;
export function encodeToArray<M, S>(encode: StyledEncoder<M, S>, message: M, style: S): Uint8Array;
export function encodeToArray<M, S>(
  encode: StyledEncoder<M, S | undefined>,
  message: M,
  style?: S,
): Uint8Array {
  return withScratch(encode, message, style, toArray);
}

/** Runs an encoder over scratch memory and hands `b[start..end)` to `take` before the memory is used again. */
export function withScratch<M, S, R>(
  encode: StyledEncoder<M, S>,
  message: M,
  style: S,
  take: (b: Uint8Array, start: number, end: number) => R,
): R {
  // A getter of the message may encode something itself.
  const inner = busy;
  slab ??= new Uint8Array(SLAB_BYTES);
  let b = inner ? new Uint8Array(4096) : slab;
  let start = inner ? 0 : used;
  busy = true;
  try {
    for (;;) {
      try {
        return take(b, start, encode(message, b, start, style));
      } catch (error) {
        if (error !== NO_ROOM) throw error;
      }
      // Ends in a RangeError of V8, some gigabytes later.
      b = new Uint8Array(b.length * 4);
      start = 0;
    }
  } finally {
    busy = inner;
  }
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
