import { wrong } from "../binary/write-varint.ts";

/** Digits of a number from 0 to 2^31. */
export function writeDigits(v: number, b: Uint8Array, p: number): number {
  let end = p + (v < 10 ? 1 : v < 100 ? 2 : v < 1000 ? 3 : 4);
  for (let limit = 1e4; v >= limit; limit *= 10) end++;
  let q = end;
  let rest = v;
  do {
    const tenth = (rest / 10) | 0;
    b[--q] = 48 + (rest - tenth * 10);
    rest = tenth;
  } while (q > p);
  return end;
}

export function writeJsonInt32(v: number, b: Uint8Array, p: number): number {
  if ((v | 0) !== v) wrong("int32", v);
  if (v >= 0) return writeDigits(v, b, p);
  b[p] = 45;
  return writeDigits(-v, b, p + 1);
}

export function writeJsonUint32(v: number, b: Uint8Array, p: number): number {
  if (v >>> 0 !== v) wrong("uint32", v);
  return writeDigits(v, b, p);
}
