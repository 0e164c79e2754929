import { BIG_ENDIAN, f32, f64, HIGH, i32, i64, LOW, u8, u64 } from "./state.ts";

export function wrongType(type: string, value: unknown): never {
  throw new TypeError(`expected ${type}, got ${value === null ? "null" : typeof value}`);
}

/** A value that its field's type does not have. */
export function outside(type: string, value: unknown): never {
  if (typeof value === "number" || typeof value === "bigint")
    throw new RangeError(`${String(value)} is no ${type}`);
  return wrongType(type, value);
}

/** Writes `v`, which must be a uint32, as a varint. */
export function writeVarint(v: number, b: Uint8Array, p: number): number {
  let rest = v;
  while (rest > 127) {
    b[p++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  b[p++] = rest;
  return p;
}

export function writeInt32(v: number, b: Uint8Array, p: number): number {
  if ((v | 0) !== v) outside("int32", v);
  if (v >= 0) return writeVarint(v, b, p);
  // Negative numbers are sign-extended to 64 bits.
  let rest = v;
  for (let i = 0; i < 9; i++) {
    b[p++] = (rest & 127) | 128;
    rest >>= 7;
  }
  b[p] = 1;
  return p + 1;
}

export function writeUint32(v: number, b: Uint8Array, p: number): number {
  if (v >>> 0 !== v) outside("uint32", v);
  return writeVarint(v, b, p);
}

export function writeSint32(v: number, b: Uint8Array, p: number): number {
  if ((v | 0) !== v) outside("sint32", v);
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
  if (typeof v !== "bigint") outside("int64 as bigint", v);
  i64[0] = v;
  if (i64[0] !== v) outside("int64", v);
  return writeVarint64(i32[LOW] as number, i32[HIGH] as number, b, p);
}

export function writeUint64(v: bigint, b: Uint8Array, p: number): number {
  if (typeof v !== "bigint") outside("uint64 as bigint", v);
  u64[0] = v;
  if (u64[0] !== v) outside("uint64", v);
  return writeVarint64(i32[LOW] as number, i32[HIGH] as number, b, p);
}

export function writeSint64(v: bigint, b: Uint8Array, p: number): number {
  if (typeof v !== "bigint") outside("sint64 as bigint", v);
  i64[0] = v;
  if (i64[0] !== v) outside("sint64", v);
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
  if (v >>> 0 !== v) outside("fixed32", v);
  return writeWord(v, b, p);
}

export function writeSfixed32(v: number, b: Uint8Array, p: number): number {
  if ((v | 0) !== v) outside("sfixed32", v);
  return writeWord(v, b, p);
}

export function writeFixed64(v: bigint, b: Uint8Array, p: number): number {
  if (typeof v !== "bigint") outside("fixed64 as bigint", v);
  u64[0] = v;
  if (u64[0] !== v) outside("fixed64", v);
  return writeWord(i32[HIGH] as number, b, writeWord(i32[LOW] as number, b, p));
}

export function writeSfixed64(v: bigint, b: Uint8Array, p: number): number {
  if (typeof v !== "bigint") outside("sfixed64 as bigint", v);
  i64[0] = v;
  if (i64[0] !== v) outside("sfixed64", v);
  return writeWord(i32[HIGH] as number, b, writeWord(i32[LOW] as number, b, p));
}

/** Numbers beyond float's range are refused; ones between two floats are rounded. */
export function writeFloat(v: number, b: Uint8Array, p: number): number {
  if (typeof v !== "number") outside("float", v);
  f32[0] = v;
  if ((f32[0] === Number.POSITIVE_INFINITY || f32[0] === Number.NEGATIVE_INFINITY) && f32[0] !== v)
    outside("float", v);
  return writeWord(i32[0] as number, b, p);
}

export function writeDouble(v: number, b: Uint8Array, p: number): number {
  if (typeof v !== "number") outside("double", v);
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
  if (v !== true && v !== false) outside("bool", v);
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
