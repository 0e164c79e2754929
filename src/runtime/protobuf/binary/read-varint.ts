import { DecodeError } from "../errors.ts";
import { cursor, MAX_DEPTH } from "./state.ts";

export function truncated(): never {
  throw new DecodeError("message is cut short");
}

export function tooDeep(): never {
  throw new DecodeError(`message is nested deeper than ${MAX_DEPTH} levels`);
}

export function badVarint(): never {
  throw new DecodeError("varint is too long or cut short");
}

/** Reads a varint's low 32 bits; sets `cursor.p`. */
export function readInt32(b: Uint8Array, p: number): number {
  const first = b[p] as number;
  const second = b[p + 1] as number;
  // Two bytes are the common case: one was read without coming here.
  if (first > 127 && second < 128) {
    cursor.p = p + 2;
    return (first & 127) | (second << 7);
  }
  return readLongVarint(b, p);
}

function readLongVarint(b: Uint8Array, p: number): number {
  let n = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = b[p++] as number;
    if (shift < 32) n |= (byte & 127) << shift;
    if (byte < 128) {
      cursor.p = p;
      return n;
    }
  }
  // Ten bytes, or there is nothing behind the end.
  return badVarint();
}

/** Reads a tag or a length, which have 32 bits and so at most five bytes; sets `cursor.p`. */
export function readTag(b: Uint8Array, p: number): number {
  const n = readInt32(b, p);
  if (cursor.p > p + ((b[p + 4] as number) > 15 ? 4 : 5)) badVarint();
  return n >>> 0;
}

export function readUint32(b: Uint8Array, p: number): number {
  return readInt32(b, p) >>> 0;
}

export function readSint32(b: Uint8Array, p: number): number {
  const value = readInt32(b, p);
  return (value >>> 1) ^ -(value & 1);
}

/** Reads a length; returns the end of the content behind it, which must not be behind `e`. Sets `cursor.p` to its start. */
export function readEnd(b: Uint8Array, p: number, e: number): number {
  const n = readTag(b, p) + cursor.p;
  if (!(n <= e)) truncated();
  return n;
}
