import { wrong } from "../binary/write-varint.ts";

/** Digits of a number from 0 to 2^31. */
export function writeDigits(v: number, b: Uint8Array, p: number): number {
  let end = p + 1;
  for (let limit = 10; v >= limit; limit *= 10) end++;
  for (let q = end; q > p; ) {
    const tenth = (v / 10) | 0;
    b[--q] = 48 + (v - tenth * 10);
    v = tenth;
  }
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
