import { cursor } from "../binary/state.ts";
import { expected } from "./input.ts";
import { readJsonString } from "./read-string.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// What each character stands for, 64 for those that do not belong; made on first use.
let values: Uint8Array | undefined;

function makeValues(): Uint8Array {
  const made = new Uint8Array(256).fill(64);
  for (let i = 0; i < 64; i++) made[ALPHABET.charCodeAt(i)] = i;
  made[45] = 62; // the minus and the underscore of the alphabet for URLs
  made[95] = 63;
  return made;
}

/** Base64, also the URL-safe alphabet, also without padding. */
export function readJsonBytes(b: Uint8Array): Uint8Array {
  values ??= makeValues();
  const start = cursor.p;
  let p = start + 1;
  if (b[start] === 34) while ((values[b[p] as number] as number) < 64) p++;
  const digits = p - start - 1;
  while (b[p] === 61 && p - start - 1 - digits < 2) p++;
  if (b[start] !== 34 || b[p] !== 34 || digits % 4 === 1) return readEscaped(b, values);
  cursor.p = p + 1;
  return decode(b, start + 1, digits, values);
}

function decode(b: Uint8Array, start: number, digits: number, table: Uint8Array): Uint8Array {
  const bytes = new Uint8Array((digits * 3) >> 2);
  let to = 0;
  let bits = 0;
  for (let i = 0; i < digits; i++) {
    bits = (bits << 6) | (table[b[start + i] as number] as number);
    if ((i & 3) !== 0) bytes[to++] = bits >> (6 - 2 * (i & 3));
  }
  return bytes;
}

/** Base64 may be escaped as any string, though nobody does so. */
function readEscaped(b: Uint8Array, table: Uint8Array): Uint8Array {
  const start = cursor.p;
  const text = readJsonString(b);
  const digits = text.replace(/=+$/, "").length;
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text) || digits % 4 === 1) expected("base64", b, start);
  return decode(
    Uint8Array.from(text, (digit) => digit.charCodeAt(0)),
    0,
    digits,
    table,
  );
}
