import { DecodeError } from "../errors.ts";
import { BIG_ENDIAN, cursor, f32, f64, HIGH, i32, i64, LOW, MAX_DEPTH, u8, u64 } from "./state.ts";

export function truncated(): never {
  throw new DecodeError("message is cut short");
}

export function tooDeep(): never {
  throw new DecodeError(`message is nested deeper than ${MAX_DEPTH} levels`);
}

/** Reads a varint's low 32 bits as int32; sets `cursor.p`. */
export function readInt32(b: Uint8Array, p: number): number {
  const first = b[p] as number;
  const second = b[p + 1] as number;
  // Two bytes are the common case: one was read without coming here.
  if (first > 127 && second < 128) {
    cursor.p = p + 2;
    return (first & 127) | (second << 7);
  }
  readVarint64(b, p);
  return low;
}

export function readUint32(b: Uint8Array, p: number): number {
  return readInt32(b, p) >>> 0;
}

export function readSint32(b: Uint8Array, p: number): number {
  const value = readInt32(b, p);
  return (value >>> 1) ^ -(value & 1);
}

/** Reads a tag; sets `cursor.p`. Field numbers have 29 bits, so a tag has 32. */
export function readTag(b: Uint8Array, p: number): number {
  if (readVarint64(b, p) !== 0 || cursor.p - p > 5) throw new DecodeError("field number is out of range");
  return low >>> 0;
}

/** Reads a length; sets `cursor.p`. What does not fit 31 bits is refused. */
export function readLength(b: Uint8Array, p: number): number {
  if (readVarint64(b, p) !== 0 || low < 0) throw new DecodeError("length is out of range");
  return low;
}

// Low half of the varint that readVarint64 read last.
let low = 0;

/** Returns the high half, leaves the low half in `low`. */
function readVarint64(b: Uint8Array, p: number): number {
  const first = b[p] as number;
  const second = b[p + 1] as number;
  if (first > 127 && second < 128) {
    cursor.p = p + 2;
    low = (first & 127) | (second << 7);
    return 0;
  }
  let lo = 0;
  let hi = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = b[p++];
    if (byte === undefined) truncated();
    if (shift < 32) lo |= (byte & 127) << shift;
    if (shift > 27) hi |= shift < 32 ? (byte & 127) >> 4 : (byte & 127) << (shift - 32);
    if (byte < 128) {
      cursor.p = p;
      low = lo;
      return hi;
    }
  }
  throw new DecodeError("varint is longer than 10 bytes");
}

export function readInt64(b: Uint8Array, p: number): bigint {
  const hi = readVarint64(b, p);
  if (hi === 0) return BigInt(low >>> 0);
  i32[LOW] = low;
  i32[HIGH] = hi;
  return i64[0] as bigint;
}

export function readUint64(b: Uint8Array, p: number): bigint {
  const hi = readVarint64(b, p);
  if (hi === 0) return BigInt(low >>> 0);
  i32[LOW] = low;
  i32[HIGH] = hi;
  return u64[0] as bigint;
}

export function readSint64(b: Uint8Array, p: number): bigint {
  const hi = readVarint64(b, p);
  const sign = -(low & 1);
  i32[LOW] = ((low >>> 1) | (hi << 31)) ^ sign;
  i32[HIGH] = (hi >>> 1) ^ sign;
  return i64[0] as bigint;
}

export function readBool(b: Uint8Array, p: number): boolean {
  return readVarint64(b, p) !== 0 || low !== 0;
}

/** The fixed-size readers return garbage past the end; the caller's check of the end position finds it. */
export function readSfixed32(b: Uint8Array, p: number): number {
  return (
    (b[p] as number) |
    ((b[p + 1] as number) << 8) |
    ((b[p + 2] as number) << 16) |
    ((b[p + 3] as number) << 24)
  );
}

export function readFixed32(b: Uint8Array, p: number): number {
  return readSfixed32(b, p) >>> 0;
}

export function readSfixed64(b: Uint8Array, p: number): bigint {
  i32[LOW] = readSfixed32(b, p);
  i32[HIGH] = readSfixed32(b, p + 4);
  return i64[0] as bigint;
}

export function readFixed64(b: Uint8Array, p: number): bigint {
  i32[LOW] = readSfixed32(b, p);
  i32[HIGH] = readSfixed32(b, p + 4);
  return u64[0] as bigint;
}

export function readFloat(b: Uint8Array, p: number): number {
  i32[0] = readSfixed32(b, p);
  return f32[0] as number;
}

export function readDouble(b: Uint8Array, p: number): number {
  if (BIG_ENDIAN) {
    i32[LOW] = readSfixed32(b, p);
    i32[HIGH] = readSfixed32(b, p + 4);
  } else {
    u8[0] = b[p] as number;
    u8[1] = b[p + 1] as number;
    u8[2] = b[p + 2] as number;
    u8[3] = b[p + 3] as number;
    u8[4] = b[p + 4] as number;
    u8[5] = b[p + 5] as number;
    u8[6] = b[p + 6] as number;
    u8[7] = b[p + 7] as number;
  }
  return f64[0] as number;
}
