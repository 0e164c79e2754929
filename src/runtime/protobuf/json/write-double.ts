import { noRoom, SLACK } from "../binary/room.ts";
import { f32 } from "../binary/state.ts";
import { wrong } from "../binary/write-varint.ts";
import { writeAscii } from "./write.ts";
import { writeDigits } from "./write-number.ts";

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
  if (typeof v !== "number") wrong("double", v);
  if (p + 32 + SLACK > b.length) noRoom();
  const q = writeShortDecimal(v, b, p);
  if (q !== -1) return q;
  if (v === 0 || v - v !== 0) return writeSpecial(v, b, p);
  return writeAscii(String(v), b, p);
}

/** The shortest decimal that reads back as the same float: 0.1, not 0.10000000149011612. */
export function writeJsonFloat(v: number, b: Uint8Array, p: number): number {
  if (typeof v !== "number") wrong("float", v);
  if (p + 32 + SLACK > b.length) noRoom();
  f32[0] = v;
  const rounded = f32[0];
  if (rounded - rounded !== 0 && v - v === 0) wrong("float", v);
  if (rounded === 0 || rounded - rounded !== 0) return writeSpecial(rounded, b, p);
  const q = writeShortDecimal(rounded, b, p);
  if (q !== -1) return q;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(rounded.toPrecision(digits));
    if (Math.fround(short) === rounded) return writeAscii(String(short), b, p);
  }
  return writeAscii(String(Number(rounded.toPrecision(9))), b, p);
}
