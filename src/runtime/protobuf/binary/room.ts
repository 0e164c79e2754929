import { writeVarint } from "./write-varint.ts";

/** Thrown when the buffer is too small; caught by whoever brought the buffer, who comes back with a bigger one. */
export const NO_ROOM: Readonly<Record<string, never>> = /* @__PURE__ */ Object.freeze({});

/**
 * Bytes that every helper of unknown length leaves free behind what it wrote, so that generated code may write the next
 * tag and small value without asking again. The emitter counts with this number.
 */
export const SLACK = 24;

/** Stops an encode for want of room. Stores past the end would be ignored silently and slow V8 down for good. */
export function noRoom(): never {
  throw NO_ROOM;
}

/** Closes a length-delimited record whose content went to `start..end`; the byte before `start` was kept for the length. */
export function endLength(b: Uint8Array, start: number, end: number): number {
  const n = end - start;
  if (end + 4 + SLACK > b.length) noRoom();
  let to = start;
  // 35 bits of length are more than any buffer holds.
  for (let rest = n; rest > 127; rest >>>= 7) to++;
  if (to > start) b.copyWithin(to, start, end);
  writeVarint(n, b, start - 1);
  return to + n;
}
