import { isWellFormed, raw } from "../binary/node-buffer.ts";
import { noRoom, SLACK } from "../binary/room.ts";
import { cursor, f32, HIGH, i32, i64, LOW, u64 } from "../binary/state.ts";
import { outside, wrongType } from "../binary/write-number.ts";
import { JsonError } from "../errors.ts";
import type { EnumTable } from "./enum-table.ts";

/** Up to here a scan-and-store loop beats the calls into C++, of which a string that needs escapes takes three. */
const LOOP_UNITS = 96;

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
  if (n !== text.length) cursor.wide++;
  return p + n;
}

/** Writes ASCII that needs no escapes, in quotes. */
function writeQuoted(text: string, b: Uint8Array, p: number): number {
  // One byte more than the text asks for: the quote behind it.
  if (p + text.length + 2 + SLACK > b.length) noRoom();
  const end = writeAscii(text, b, p + 1);
  b[p] = b[end] = 34;
  return end + 1;
}

export function writeJsonString(s: string, b: Uint8Array, p: number): number {
  if (typeof s !== "string") wrongType("string", s);
  const units = s.length;
  if (units > LOOP_UNITS) return writeAwkwardString(s, b, p);
  if (p + 3 * units + 2 + SLACK > b.length) noRoom();
  let q = p + 1;
  for (let i = 0; i < units; i++) {
    const c = s.charCodeAt(i);
    if (c < 32 || c === 34 || c === 92 || (c & 0xf800) === 0xd800) return writeAwkwardString(s, b, p);
    if (c < 128) b[q++] = c;
    else if (c < 2048) {
      b[q] = 192 | (c >> 6);
      b[q + 1] = 128 | (c & 63);
      q += 2;
    } else {
      b[q] = 224 | (c >> 12);
      b[q + 1] = 128 | ((c >> 6) & 63);
      b[q + 2] = 128 | (c & 63);
      q += 3;
    }
  }
  if (q !== p + 1 + units) cursor.wide++;
  b[p] = b[q] = 34;
  return q + 1;
}

function writeAwkwardString(s: string, b: Uint8Array, p: number): number {
  if (!isWellFormed(s)) throw new JsonError("string holds half a surrogate pair");
  return writeJsonText(JSON.stringify(s), b, p);
}

/** Digits of a number from 0 to 2^53. */
function writeDigits(v: number, b: Uint8Array, p: number): number {
  let q = p + (v < 10 ? 1 : v < 100 ? 2 : v < 1000 ? 3 : v < 10000 ? 4 : digitsOf(v));
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
  let n = 5;
  for (let limit = 1e5; v >= limit; limit *= 10) n++;
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

/** A 64-bit number in two halves, in quotes: at most 22 bytes. */
function writeHalves(hi: number, lo: number, negative: boolean, b: Uint8Array, p: number): number {
  b[p++] = 34;
  if (negative) {
    b[p++] = 45;
    lo = -lo >>> 0;
    hi = (~hi + (lo === 0 ? 1 : 0)) >>> 0;
  }
  if (hi === 0) p = writeDigits(lo, b, p);
  else {
    // Numbers are exact up to 2^53: the lowest six digits first, which leave a quotient that is.
    const low = (hi % 1e6) * 4294967296 + lo;
    p = writeDigits(Math.floor(hi / 1e6) * 4294967296 + Math.floor(low / 1e6), b, p);
    let rest = low % 1e6;
    for (let q = p + 5; q >= p; q--) {
      const tenth = (rest / 10) | 0;
      b[q] = 48 + (rest - tenth * 10);
      rest = tenth;
    }
    p += 6;
  }
  b[p] = 34;
  return p + 1;
}

/** 64-bit integers are strings in JSON. At most 22 bytes. */
export function writeJsonInt64(v: bigint, b: Uint8Array, p: number): number {
  if (typeof v !== "bigint") outside("int64 as bigint", v);
  i64[0] = v;
  if (i64[0] !== v) outside("int64", v);
  const hi = i32[HIGH] as number;
  return writeHalves(hi >>> 0, (i32[LOW] as number) >>> 0, hi < 0, b, p);
}

export function writeJsonUint64(v: bigint, b: Uint8Array, p: number): number {
  if (typeof v !== "bigint") outside("uint64 as bigint", v);
  u64[0] = v;
  if (u64[0] !== v) outside("uint64", v);
  return writeHalves((i32[HIGH] as number) >>> 0, (i32[LOW] as number) >>> 0, false, b, p);
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

const BASE64: Uint8Array = /* @__PURE__ */ Buffer.from(
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
);

/** Base64 with padding. */
export function writeJsonBytes(v: Uint8Array, b: Uint8Array, p: number): number {
  if (!(v instanceof Uint8Array)) wrongType("Uint8Array", v);
  const n = v.length;
  if (n > 48) return writeQuoted(raw.base64Slice.call(v, 0, n), b, p);
  if (p + 66 + SLACK > b.length) noRoom();
  b[p++] = 34;
  for (let i = 0; i < n; i += 3) {
    // Past the end there is undefined, which counts as 0.
    const word = ((v[i] as number) << 16) | ((v[i + 1] as number) << 8) | (v[i + 2] as number);
    b[p] = BASE64[word >> 18] as number;
    b[p + 1] = BASE64[(word >> 12) & 63] as number;
    b[p + 2] = i + 1 < n ? (BASE64[(word >> 6) & 63] as number) : 61;
    b[p + 3] = i + 2 < n ? (BASE64[word & 63] as number) : 61;
    p += 4;
  }
  b[p] = 34;
  return p + 1;
}

/** The value's name; a number the enum does not know stays a number. */
export function writeJsonEnum(table: EnumTable, v: number, b: Uint8Array, p: number): number {
  const name = table.names.get(v);
  if (name === undefined) return writeAscii(String(v | 0), b, (v | 0) === v ? p : outside("enum number", v));
  return writeQuoted(name, b, p);
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
