import { cursor } from "../binary/state.ts";
import { expected, readAny } from "./input.ts";
import { NUMBER } from "./number.ts";

/** Reads a number, which may stand in quotes: JSON's grammar holds there, too. */
export function readNumber(b: Uint8Array, what: string): number {
  const start = cursor.p;
  const first = b[start] === 45 ? start + 1 : start;
  let p = first;
  let n = 0;
  for (let digit = (b[p] as number) - 48; digit >= 0 && digit < 10; digit = (b[++p] as number) - 48)
    n = n * 10 + digit;
  const length = p - first;
  const behind = (b[p] as number) | 32;
  // No zero before others, no dot, no exponent, and no more digits than are exact.
  if (length > 0 && length < 16 && (b[first] !== 48 || length < 2) && behind !== 46 && behind !== 101) {
    cursor.p = p;
    return first > start ? -n : n;
  }
  const value = readAny(b);
  if (typeof value === "number") return value;
  return typeof value === "string" && NUMBER.test(value) ? Number(value) : expected(what, b, start);
}
