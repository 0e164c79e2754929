import { raw } from "../binary/node-buffer.ts";
import { cursor } from "../binary/state.ts";
import { expected, malformed } from "./input.ts";
import { readJsonString } from "./read-string.ts";

/** JSON's grammar: no space, no plus, no leading zero, no hex. */
export const NUMBER: RegExp = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** The text of a number, which may stand in quotes: JSON's grammar holds there, too. */
export function readNumber(b: Uint8Array, what: string): string {
  const start = cursor.p;
  const isQuoted = b[start] === 34;
  const text = isQuoted ? readJsonString(b) : readToken(b);
  if (NUMBER.test(text)) return text;
  cursor.p = start;
  return isQuoted || what !== "" ? expected(what, b) : malformed();
}

/** What is neither comma, bracket nor space. */
export function readToken(b: Uint8Array): string {
  const start = cursor.p;
  for (let c = b[start] as number; c > 42 && c !== 44 && (c | 32) !== 125; ) c = b[++cursor.p] as number;
  return raw.latin1Slice.call(b, start, cursor.p);
}

/** Reads up to nine digits without more to come; -1 for anything else. */
function readDigits(b: Uint8Array, start: number): number {
  let p = start;
  let n = 0;
  for (let digit = (b[p] as number) - 48; digit >= 0 && digit < 10; digit = (b[++p] as number) - 48)
    n = n * 10 + digit;
  const length = p - start;
  const behind = (b[p] as number) | 32;
  // No digit, too many, a zero before others, a dot, an exponent.
  if (length < 1 || length > 9 || (b[start] === 48 && length > 1) || behind === 46 || behind === 101)
    return -1;
  cursor.p = p;
  return n;
}

export function readJsonInt32(b: Uint8Array): number {
  const start = cursor.p;
  const n = b[start] === 45 ? -readDigits(b, start + 1) : readDigits(b, start);
  if (start !== cursor.p) return n | 0; // -0 becomes 0
  const other = Number(readNumber(b, "an integer"));
  return (other | 0) === other ? other | 0 : expected("a 32-bit integer", b, start);
}

export function readJsonUint32(b: Uint8Array): number {
  const start = cursor.p;
  const n = readDigits(b, start);
  if (start !== cursor.p) return n;
  const other = Number(readNumber(b, "an integer"));
  return other >>> 0 === other ? other >>> 0 : expected("an unsigned 32-bit integer", b, start);
}
