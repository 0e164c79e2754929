import { badVarint } from "./read-varint.ts";
import { cursor, HIGH, i32, i64, LOW, u64 } from "./state.ts";

/** Puts a varint into the cell of 64 bits; sets `cursor.p`. Returns the high half, `i32[LOW]` is the low one. */
function readVarint64(b: Uint8Array, p: number): number {
  let lo = 0;
  let hi = 0;
  let byte = 128;
  for (let shift = 0; shift < 28 && byte > 127; shift += 7) {
    byte = b[p++] as number;
    lo |= (byte & 127) << shift;
  }
  if (byte > 127) {
    byte = b[p++] as number;
    lo |= (byte & 127) << 28;
    hi = (byte & 127) >> 4;
    for (let shift = 3; shift < 38 && byte > 127; shift += 7) {
      byte = b[p++] as number;
      hi |= (byte & 127) << shift;
    }
  }
  // Ten bytes, or there is nothing behind the end.
  if (!(byte < 128)) badVarint();
  cursor.p = p;
  i32[LOW] = lo;
  i32[HIGH] = hi;
  return hi;
}

export function readInt64(b: Uint8Array, p: number): bigint {
  readVarint64(b, p);
  return i64[0] as bigint;
}

export function readUint64(b: Uint8Array, p: number): bigint {
  readVarint64(b, p);
  return u64[0] as bigint;
}

export function readSint64(b: Uint8Array, p: number): bigint {
  const hi = readVarint64(b, p);
  const lo = i32[LOW] as number;
  const sign = -(lo & 1);
  i32[LOW] = ((lo >>> 1) | (hi << 31)) ^ sign;
  i32[HIGH] = (hi >>> 1) ^ sign;
  return i64[0] as bigint;
}

export function readBool(b: Uint8Array, p: number): boolean {
  return readVarint64(b, p) !== 0 || i32[LOW] !== 0;
}
