import { isWellFormed, raw } from "../binary/node-buffer.ts";
import { noRoom, SLACK } from "../binary/room.ts";
import { cursor, f32, i64, u64 } from "../binary/state.ts";
import { JsonError } from "../errors.ts";
import type { EnumTable } from "./enum-table.ts";

/** Up to here a scan-and-store loop beats the call into C++. */
const LOOP_UNITS = 40;

/** Writes text that is ASCII for certain. */
export function writeAscii(text: string, b: Uint8Array, p: number): number {
  const n = text.length;
  if (p + n + SLACK > b.length) noRoom();
  if (n > LOOP_UNITS) return p + raw.latin1Write.call(b, text, p, n);
  for (let i = 0; i < n; i++) b[p + i] = text.charCodeAt(i);
  return p + n;
}

/** Writes JSON text that may hold any character. */
export function writeJsonText(text: string, b: Uint8Array, p: number): number {
  const most = text.length > 1024 ? Buffer.byteLength(text) : text.length * 3;
  if (p + most + SLACK > b.length) noRoom();
  const n = raw.utf8Write.call(b, text, p, most);
  if (n !== text.length) cursor.wide = true;
  return p + n;
}

export function writeJsonString(s: string, b: Uint8Array, p: number): number {
  if (typeof s !== "string") throw new TypeError(`expected string, got ${typeof s}`);
  const units = s.length;
  if (units > LOOP_UNITS) return writeAwkwardString(s, b, p);
  if (p + units + 2 + SLACK > b.length) noRoom();
  let q = p;
  b[q++] = 34;
  for (let i = 0; i < units; i++) {
    const c = s.charCodeAt(i);
    if (c < 32 || c > 126 || c === 34 || c === 92) return writeAwkwardString(s, b, p);
    b[q++] = c;
  }
  b[q] = 34;
  return q + 1;
}

function writeAwkwardString(s: string, b: Uint8Array, p: number): number {
  if (!isWellFormed(s)) throw new JsonError("string holds half a surrogate pair");
  return writeJsonText(JSON.stringify(s), b, p);
}

/** Digits of a number from 0 to 2^53. */
function writeDigits(v: number, b: Uint8Array, p: number): number {
  let q = p + (v < 10 ? 1 : v < 100 ? 2 : v < 1000 ? 3 : v < 10000 ? 4 : v < 100000 ? 5 : digitsOf(v));
  const end = q;
  let rest = v;
  while (rest > 0x7fffffff) {
    const tenth = Math.floor(rest / 10);
    b[--q] = 48 + (rest - tenth * 10);
    rest = tenth;
  }
  rest |= 0;
  do {
    const tenth = (rest / 10) | 0;
    b[--q] = 48 + (rest - tenth * 10);
    rest = tenth;
  } while (q > p);
  return end;
}

function digitsOf(v: number): number {
  let n = 6;
  for (let limit = 1e6; v >= limit; limit *= 10) n++;
  return n;
}

export function writeJsonInt32(v: number, b: Uint8Array, p: number): number {
  if ((v | 0) !== v) outside("int32", v);
  if (v >= 0) return writeDigits(v, b, p);
  b[p] = 45;
  return writeDigits(-v, b, p + 1);
}

export function writeJsonUint32(v: number, b: Uint8Array, p: number): number {
  if (v >>> 0 !== v) outside("uint32", v);
  return writeDigits(v, b, p);
}

function outside(type: string, value: unknown): never {
  if (typeof value === "number" || typeof value === "bigint")
    throw new RangeError(`${String(value)} is no ${type}`);
  throw new TypeError(`expected ${type}, got ${value === null ? "null" : typeof value}`);
}

function writeBigint(v: bigint, b: Uint8Array, p: number): number {
  b[p++] = 34;
  const n = Number(v);
  if (n >= -9007199254740991 && n <= 9007199254740991) {
    if (n < 0) b[p++] = 45;
    p = writeDigits(n < 0 ? -n : n, b, p);
  } else {
    const text = String(v);
    for (let i = 0; i < text.length; i++) b[p++] = text.charCodeAt(i);
  }
  b[p] = 34;
  return p + 1;
}

/** 64-bit integers are strings in JSON. At most 22 bytes. */
export function writeJsonInt64(v: bigint, b: Uint8Array, p: number): number {
  if (typeof v !== "bigint") outside("int64 as bigint", v);
  i64[0] = v;
  if (i64[0] !== v) outside("int64", v);
  return writeBigint(v, b, p);
}

export function writeJsonUint64(v: bigint, b: Uint8Array, p: number): number {
  if (typeof v !== "bigint") outside("uint64 as bigint", v);
  u64[0] = v;
  if (u64[0] !== v) outside("uint64", v);
  return writeBigint(v, b, p);
}

/** Up to three decimals, the common case, without a detour over a string; -1 when `v` is not one of those. */
function writeShortDecimal(v: number, b: Uint8Array, p: number): number {
  const r = Math.round(v * 1000);
  if (r === 0 || r > 0x7fffffff || r < -0x7fffffff || r / 1000 !== v) return -1;
  let rest = r;
  if (rest < 0) {
    b[p++] = 45;
    rest = -rest;
  }
  const whole = (rest / 1000) | 0;
  const part = rest - whole * 1000;
  p = writeDigits(whole, b, p);
  if (part === 0) return p;
  b[p++] = 46;
  b[p++] = 48 + ((part / 100) | 0);
  if (part % 100 === 0) return p;
  b[p++] = 48 + (((part / 10) | 0) % 10);
  if (part % 10 === 0) return p;
  b[p++] = 48 + (part % 10);
  return p;
}

function writeSpecial(v: number, b: Uint8Array, p: number): number {
  if (v === 0) return writeAscii(1 / v < 0 ? "-0" : "0", b, p);
  return writeAscii(v > 0 ? '"Infinity"' : v < 0 ? '"-Infinity"' : '"NaN"', b, p);
}

export function writeJsonDouble(v: number, b: Uint8Array, p: number): number {
  if (typeof v !== "number") outside("double", v);
  if (p + 32 + SLACK > b.length) noRoom();
  const q = writeShortDecimal(v, b, p);
  if (q !== -1) return q;
  if (v === 0 || v - v !== 0) return writeSpecial(v, b, p);
  return writeAscii(String(v), b, p);
}

/** The shortest decimal that reads back as the same float: 0.1, not 0.10000000149011612. */
export function writeJsonFloat(v: number, b: Uint8Array, p: number): number {
  if (typeof v !== "number") outside("float", v);
  if (p + 32 + SLACK > b.length) noRoom();
  f32[0] = v;
  const rounded = f32[0];
  if (rounded - rounded !== 0 && v - v === 0) outside("float", v);
  if (rounded === 0 || rounded - rounded !== 0) return writeSpecial(rounded, b, p);
  const q = writeShortDecimal(rounded, b, p);
  if (q !== -1) return q;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(rounded.toPrecision(digits));
    if (Math.fround(short) === rounded) return writeAscii(String(short), b, p);
  }
  return writeAscii(String(Number(rounded.toPrecision(9))), b, p);
}

/** At most 5 bytes. */
export function writeJsonBool(v: boolean, b: Uint8Array, p: number): number {
  if (v !== true && v !== false) outside("bool", v);
  if (v) {
    b[p] = 116;
    b[p + 1] = 114;
    b[p + 2] = 117;
  } else {
    b[p++] = 102;
    b[p] = 97;
    b[p + 1] = 108;
    b[p + 2] = 115;
  }
  b[p + 3] = 101;
  return p + 4;
}

/** Base64 with padding. */
export function writeJsonBytes(v: Uint8Array, b: Uint8Array, p: number): number {
  if (!(v instanceof Uint8Array)) throw new TypeError(`expected Uint8Array, got ${typeof v}`);
  return writeAscii(`"${raw.base64Slice.call(v, 0, v.length)}"`, b, p);
}

/** The value's name; a number the enum does not know stays a number. */
export function writeJsonEnum(table: EnumTable, v: number, b: Uint8Array, p: number): number {
  const name = table.names.get(v);
  if (name === undefined) return writeAscii(String(v | 0), b, (v | 0) === v ? p : outside("enum number", v));
  return writeAscii(`"${name}"`, b, p);
}

/** Closes an object whose members all began with a comma: the first of those becomes the brace. */
export function endObject(b: Uint8Array, start: number, end: number): number {
  if (end + 2 + SLACK > b.length) noRoom();
  if (start === end) end++;
  b[start] = 123;
  b[end] = 125;
  return end + 1;
}

/** Closes an array whose items all began with a comma. */
export function endArray(b: Uint8Array, start: number, end: number): number {
  if (end + 2 + SLACK > b.length) noRoom();
  if (start === end) end++;
  b[start] = 91;
  b[end] = 93;
  return end + 1;
}
