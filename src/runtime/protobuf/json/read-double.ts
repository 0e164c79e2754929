import { cursor } from "../binary/state.ts";
import { expected, readAny } from "./input.ts";
import { NUMBER } from "./number.ts";

const POWERS: readonly number[] = [
  1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14,
];

export function readJsonDouble(b: Uint8Array): number {
  const start = b[cursor.p] === 45 ? cursor.p + 1 : cursor.p;
  let p = start;
  let point = 0;
  let n = 0;
  for (; ; p++) {
    const digit = (b[p] as number) - 48;
    if (digit >= 0 && digit < 10) n = n * 10 + digit;
    else if (digit === -2 && point === 0) point = p;
    else break;
  }
  const whole = (point === 0 ? p : point) - start;
  const decimals = point === 0 ? 0 : p - point - 1;
  if (
    whole < 1 ||
    whole + decimals > 15 ||
    (b[start] === 48 && whole > 1) ||
    p === point + 1 ||
    ((b[p] as number) | 32) === 101 ||
    b[p] === 46
  )
    return readUnusual(b);
  // Up to 15 digits are an exact integer, as is the power of ten: their quotient is rounded once, as it must be.
  const value = n / (POWERS[decimals] as number);
  const isNegative = start !== cursor.p;
  cursor.p = p;
  return isNegative ? -value : value;
}

/** What is in quotes, has an exponent or many digits. */
function readUnusual(b: Uint8Array): number {
  const start = cursor.p;
  const value = readAny(b);
  if (typeof value === "string" && /^(NaN|-?Infinity)$/.test(value)) return Number(value);
  if (typeof value !== "number" && !(typeof value === "string" && NUMBER.test(value)))
    expected("a number", b, start);
  const n = Number(value);
  return Number.isFinite(n) ? n : expected("a number that a double can hold", b, start);
}

export function readJsonFloat(b: Uint8Array): number {
  const start = cursor.p;
  const value = readJsonDouble(b);
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded) && Number.isFinite(value))
    expected("a number that a float can hold", b, start);
  return rounded;
}
