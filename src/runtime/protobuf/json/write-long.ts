import { HIGH, i32, i64, LOW, u64 } from "../binary/state.ts";
import { wrong } from "../binary/write-varint.ts";
import { writeDigits } from "./write-number.ts";

/** Digits of a number from 0 to 2^53. */
function writeManyDigits(v: number, b: Uint8Array, p: number): number {
  if (v < 0x80000000) return writeDigits(v, b, p);
  // The lowest nine digits behind the others, with their zeros.
  const high = Math.floor(v / 1e9);
  p = writeDigits(high, b, p);
  let rest = v - high * 1e9;
  for (let q = p + 8; q >= p; q--) {
    const tenth = (rest / 10) | 0;
    b[q] = 48 + (rest - tenth * 10);
    rest = tenth;
  }
  return p + 9;
}

/** A 64-bit number in two halves, in quotes: at most 22 bytes. */
function writeHalves(hi: number, lo: number, negative: boolean, b: Uint8Array, p: number): number {
  b[p++] = 34;
  if (negative) {
    b[p++] = 45;
    lo = -lo >>> 0;
    hi = (~hi + (lo === 0 ? 1 : 0)) >>> 0;
  }
  if (hi === 0) p = writeManyDigits(lo, b, p);
  else {
    // Numbers are exact up to 2^53: the lowest six digits first, which leave a quotient that is.
    const low = (hi % 1e6) * 4294967296 + lo;
    p = writeManyDigits(Math.floor(hi / 1e6) * 4294967296 + Math.floor(low / 1e6), b, p);
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
  if (typeof v !== "bigint") wrong("int64 as bigint", v);
  i64[0] = v;
  if (i64[0] !== v) wrong("int64", v);
  const hi = i32[HIGH] as number;
  return writeHalves(hi >>> 0, (i32[LOW] as number) >>> 0, hi < 0, b, p);
}

export function writeJsonUint64(v: bigint, b: Uint8Array, p: number): number {
  if (typeof v !== "bigint") wrong("uint64 as bigint", v);
  u64[0] = v;
  if (u64[0] !== v) wrong("uint64", v);
  return writeHalves((i32[HIGH] as number) >>> 0, (i32[LOW] as number) >>> 0, false, b, p);
}
