import { isWellFormed, raw } from "./node-buffer.ts";
import { noRoom, SLACK } from "./room.ts";
import { writeVarint, wrongType } from "./write-number.ts";

/** Up to here a loop beats the call into C++. */
const LOOP_UNITS = 24;

/** Writes the length and the UTF-8 bytes of `s`. */
export function writeString(s: string, b: Uint8Array, p: number): number {
  if (typeof s !== "string") wrongType("string", s);
  const units = s.length;
  if (units > LOOP_UNITS) return writeLongString(s, b, p);
  if (p + 1 + 3 * units + SLACK > b.length) noRoom();
  let q = p + 1;
  for (let i = 0; i < units; i++) {
    const c = s.charCodeAt(i);
    if (c < 128) b[q++] = c;
    else if (c < 2048) {
      b[q] = 192 | (c >> 6);
      b[q + 1] = 128 | (c & 63);
      q += 2;
    } else if ((c & 0xf800) !== 0xd800) {
      b[q] = 224 | (c >> 12);
      b[q + 1] = 128 | ((c >> 6) & 63);
      b[q + 2] = 128 | (c & 63);
      q += 3;
    } else return writeLongString(s, b, p);
  }
  b[p] = q - p - 1; // at most 72
  return q;
}

function lengthBytes(n: number): number {
  return n < 128 ? 1 : n < 16384 ? 2 : n < 2097152 ? 3 : n < 268435456 ? 4 : 5;
}

/** Also for what the loop does not do: characters beyond 16 bits. */
function writeLongString(s: string, b: Uint8Array, p: number): number {
  const units = s.length;
  const most = units > 1024 ? Buffer.byteLength(s) : units * 3;
  // utf8Write stops at the end of the buffer without a word, so the room must be certain.
  if (p + 5 + most + SLACK > b.length) noRoom();
  const guess = lengthBytes(units);
  const n = raw.utf8Write.call(b, s, p + guess, most);
  // ASCII has no halves of pairs.
  if (n !== units && !isWellFormed(s)) throw new TypeError("string holds half a surrogate pair");
  const real = lengthBytes(n);
  if (real !== guess) b.copyWithin(p + real, p + guess, p + guess + n);
  return writeVarint(n, b, p) + n;
}

/** Writes the length and the bytes of `v`. */
export function writeBytes(v: Uint8Array, b: Uint8Array, p: number): number {
  if (!(v instanceof Uint8Array)) wrongType("Uint8Array", v);
  const n = v.length;
  if (p + 5 + n + SLACK > b.length) noRoom();
  const start = writeVarint(n, b, p);
  if (n > 32) b.set(v, start);
  else for (let i = 0; i < n; i++) b[start + i] = v[i] as number;
  return start + n;
}

/** Writes bytes as they are: fields kept from a newer schema. */
export function writeRaw(v: Uint8Array, b: Uint8Array, p: number): number {
  if (p + v.length + SLACK > b.length) noRoom();
  b.set(v, p);
  return p + v.length;
}
