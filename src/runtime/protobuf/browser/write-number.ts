import { writeUtf8 } from "../binary/utf8.ts";
import { wrong } from "../binary/write-varint.ts";

/** Digits of a number from 0 to 2^31. */
export function writeDigits(v: number, b: Uint8Array, p: number): number {
  return writeUtf8(String(v), b, p);
}

export function writeJsonInt32(v: number, b: Uint8Array, p: number): number {
  if ((v | 0) !== v) wrong("int32", v);
  return writeDigits(v, b, p);
}

export function writeJsonUint32(v: number, b: Uint8Array, p: number): number {
  if (v >>> 0 !== v) wrong("uint32", v);
  return writeDigits(v, b, p);
}
