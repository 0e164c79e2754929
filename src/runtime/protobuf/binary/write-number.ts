import { BIG_ENDIAN, f32, f64, HIGH, i32, i64, LOW, u8, u64 } from "./state.ts";
import { writeVarint, wrong } from "./write-varint.ts";

export function writeUint32(v: number, b: Uint8Array, p: number): number {
  if (v >>> 0 !== v) wrong("uint32", v);
  return writeVarint(v, b, p);
}

export function writeSint32(v: number, b: Uint8Array, p: number): number {
  if ((v | 0) !== v) wrong("sint32", v);
  return writeVarint(((v << 1) ^ (v >> 31)) >>> 0, b, p);
}

function writeVarint64(lo: number, hi: number, b: Uint8Array, p: number): number {
  while (hi !== 0) {
    b[p++] = (lo & 127) | 128;
    lo = (lo >>> 7) | (hi << 25);
    hi >>>= 7;
  }
  return writeVarint(lo >>> 0, b, p);
}

export function writeInt64(v: bigint, b: Uint8Array, p: number): number {
  if (typeof v !== "bigint") wrong("int64 as bigint", v);
  i64[0] = v;
  if (i64[0] !== v) wrong("int64", v);
  return writeVarint64(i32[LOW] as number, i32[HIGH] as number, b, p);
}

export function writeUint64(v: bigint, b: Uint8Array, p: number): number {
  if (typeof v !== "bigint") wrong("uint64 as bigint", v);
  u64[0] = v;
  if (u64[0] !== v) wrong("uint64", v);
  return writeVarint64(i32[LOW] as number, i32[HIGH] as number, b, p);
}

export function writeSint64(v: bigint, b: Uint8Array, p: number): number {
  if (typeof v !== "bigint") wrong("sint64 as bigint", v);
  i64[0] = v;
  if (i64[0] !== v) wrong("sint64", v);
  const lo = i32[LOW] as number;
  const hi = i32[HIGH] as number;
  const sign = hi >> 31;
  return writeVarint64((lo << 1) ^ sign, ((hi << 1) | (lo >>> 31)) ^ sign, b, p);
}

function writeWord(v: number, b: Uint8Array, p: number): number {
  b[p] = v;
  b[p + 1] = v >>> 8;
  b[p + 2] = v >>> 16;
  b[p + 3] = v >>> 24;
  return p + 4;
}

export function writeFixed32(v: number, b: Uint8Array, p: number): number {
  if (v >>> 0 !== v) wrong("fixed32", v);
  return writeWord(v, b, p);
}

export function writeSfixed32(v: number, b: Uint8Array, p: number): number {
  if ((v | 0) !== v) wrong("sfixed32", v);
  return writeWord(v, b, p);
}

export function writeFixed64(v: bigint, b: Uint8Array, p: number): number {
  if (typeof v !== "bigint") wrong("fixed64 as bigint", v);
  u64[0] = v;
  if (u64[0] !== v) wrong("fixed64", v);
  return writeWord(i32[HIGH] as number, b, writeWord(i32[LOW] as number, b, p));
}

export function writeSfixed64(v: bigint, b: Uint8Array, p: number): number {
  if (typeof v !== "bigint") wrong("sfixed64 as bigint", v);
  i64[0] = v;
  if (i64[0] !== v) wrong("sfixed64", v);
  return writeWord(i32[HIGH] as number, b, writeWord(i32[LOW] as number, b, p));
}

/** Numbers beyond float's range are refused; ones between two floats are rounded. */
export function writeFloat(v: number, b: Uint8Array, p: number): number {
  if (typeof v !== "number") wrong("float", v);
  f32[0] = v;
  if ((f32[0] === Number.POSITIVE_INFINITY || f32[0] === Number.NEGATIVE_INFINITY) && f32[0] !== v)
    wrong("float", v);
  return writeWord(i32[0] as number, b, p);
}

export function writeDouble(v: number, b: Uint8Array, p: number): number {
  if (typeof v !== "number") wrong("double", v);
  f64[0] = v;
  if (BIG_ENDIAN) return writeWord(i32[HIGH] as number, b, writeWord(i32[LOW] as number, b, p));
  b[p] = u8[0] as number;
  b[p + 1] = u8[1] as number;
  b[p + 2] = u8[2] as number;
  b[p + 3] = u8[3] as number;
  b[p + 4] = u8[4] as number;
  b[p + 5] = u8[5] as number;
  b[p + 6] = u8[6] as number;
  b[p + 7] = u8[7] as number;
  return p + 8;
}

export function writeBool(v: boolean, b: Uint8Array, p: number): number {
  if (v !== true && v !== false) wrong("bool", v);
  b[p] = v ? 1 : 0;
  return p + 1;
}

/** The zero that is default; -0 is a value of its own on the wire. */
export function isZero(v: number): boolean {
  return v === 0 && 1 / v > 0;
}

/** The key of a `map<int64, ...>` (a decimal string) as the number it stands for. */
export function bigintKey(key: string): bigint {
  if (!/^-?\d{1,20}$/.test(key)) throw new RangeError(`map key ${JSON.stringify(key)} is no 64-bit integer`);
  return BigInt(key);
}

/** The key of a `map<int32, ...>`. */
export function numberKey(key: string): number {
  if (!/^-?\d{1,11}$/.test(key)) throw new RangeError(`map key ${JSON.stringify(key)} is no 32-bit integer`);
  return Number(key);
}

/** The key of a `map<bool, ...>`. */
export function boolKey(key: string): boolean {
  if (key !== "true" && key !== "false")
    throw new RangeError(`map key ${JSON.stringify(key)} is neither true nor false`);
  return key === "true";
}
