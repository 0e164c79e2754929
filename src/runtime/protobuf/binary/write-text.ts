import { endLength, noRoom, SLACK } from "./room.ts";
import { writeUtf8 } from "./utf8.ts";
import { isWellFormed } from "./well-formed.ts";
import { wrong } from "./write-varint.ts";

/** Up to here a loop beats the call into C++. */
const LOOP_UNITS = 63;

/** Writes the length and the UTF-8 bytes of `s`. */
export function writeString(s: string, b: Uint8Array, p: number): number {
  if (typeof s !== "string") wrong("string", s);
  const units = s.length;
  if (units > LOOP_UNITS) return writeLongString(s, b, p);
  let q = p + 1;
  // Two bytes each at most, so their number is one byte, too.
  if (q + 2 * units + SLACK > b.length) noRoom();
  for (let i = 0; i < units; i++) {
    const c = s.charCodeAt(i);
    if (c < 128) b[q++] = c;
    else if (c < 2048) {
      b[q++] = 192 | (c >> 6);
      b[q++] = 128 | (c & 63);
    } else return writeLongString(s, b, p);
  }
  b[p] = q - p - 1;
  return q;
}

/** Also for characters of three and four bytes. */
function writeLongString(s: string, b: Uint8Array, p: number): number {
  const end = writeUtf8(s, b, p + 1);
  // ASCII has no halves of pairs.
  if (end - p - 1 !== s.length && !isWellFormed(s)) throw new TypeError("string holds half a surrogate pair");
  return endLength(b, p + 1, end);
}
