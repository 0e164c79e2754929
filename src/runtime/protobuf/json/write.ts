import { noRoom, SLACK } from "../binary/room.ts";
import { writeUtf8 } from "../binary/utf8.ts";

/** Up to here a loop beats the call into C++. */
const LOOP_UNITS = 64;

/** Writes text that is ASCII for certain. */
export function writeAscii(text: string, b: Uint8Array, p: number): number {
  const n = text.length;
  if (n > LOOP_UNITS) return writeUtf8(text, b, p);
  if (p + n + SLACK > b.length) noRoom();
  for (let i = 0; i < n; i++) b[p + i] = text.charCodeAt(i);
  return p + n;
}

/** Writes ASCII that needs no escapes, in quotes. */
export function writeQuoted(text: string, b: Uint8Array, p: number): number {
  // One byte more than the text asks for: the quote behind it.
  if (p + text.length + 2 + SLACK > b.length) noRoom();
  const end = writeAscii(text, b, p + 1);
  b[p] = b[end] = 34;
  return end + 1;
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
