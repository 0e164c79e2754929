import { DecodeError } from "../errors.ts";
import { raw } from "./node-buffer.ts";
import { truncated } from "./read-varint.ts";

/**
 * Reads UTF-8 from `p` to `end`; what is no UTF-8 is a DecodeError, or becomes U+FFFD when `lax`. Up to 15 ASCII bytes are
 * one call of `fromCharCode` with as many arguments, two to four times as fast as the decoder.
 */
export function readString(b: Uint8Array, p: number, end: number, lax = false): string {
  const n = end - p;
  if (n > 15) return readLong(b, p, end, lax);
  const c0 = b[p] as number;
  if (n === 1) return c0 > 127 ? readLong(b, p, end, lax) : String.fromCharCode(c0);
  const c1 = b[p + 1] as number;
  if (n === 2) return (c0 | c1) > 127 ? readLong(b, p, end, lax) : String.fromCharCode(c0, c1);
  const c2 = b[p + 2] as number;
  if (n === 3) return (c0 | c1 | c2) > 127 ? readLong(b, p, end, lax) : String.fromCharCode(c0, c1, c2);
  const c3 = b[p + 3] as number;
  if (n === 4)
    return (c0 | c1 | c2 | c3) > 127 ? readLong(b, p, end, lax) : String.fromCharCode(c0, c1, c2, c3);
  const c4 = b[p + 4] as number;
  if (n === 5)
    return (c0 | c1 | c2 | c3 | c4) > 127
      ? readLong(b, p, end, lax)
      : String.fromCharCode(c0, c1, c2, c3, c4);
  const c5 = b[p + 5] as number;
  if (n === 6)
    return (c0 | c1 | c2 | c3 | c4 | c5) > 127
      ? readLong(b, p, end, lax)
      : String.fromCharCode(c0, c1, c2, c3, c4, c5);
  const c6 = b[p + 6] as number;
  if (n === 7)
    return (c0 | c1 | c2 | c3 | c4 | c5 | c6) > 127
      ? readLong(b, p, end, lax)
      : String.fromCharCode(c0, c1, c2, c3, c4, c5, c6);
  const c7 = b[p + 7] as number;
  if (n === 8)
    return (c0 | c1 | c2 | c3 | c4 | c5 | c6 | c7) > 127
      ? readLong(b, p, end, lax)
      : String.fromCharCode(c0, c1, c2, c3, c4, c5, c6, c7);
  const c8 = b[p + 8] as number;
  if (n === 9)
    return (c0 | c1 | c2 | c3 | c4 | c5 | c6 | c7 | c8) > 127
      ? readLong(b, p, end, lax)
      : String.fromCharCode(c0, c1, c2, c3, c4, c5, c6, c7, c8);
  const c9 = b[p + 9] as number;
  if (n === 10)
    return (c0 | c1 | c2 | c3 | c4 | c5 | c6 | c7 | c8 | c9) > 127
      ? readLong(b, p, end, lax)
      : String.fromCharCode(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9);
  const c10 = b[p + 10] as number;
  if (n === 11)
    return (c0 | c1 | c2 | c3 | c4 | c5 | c6 | c7 | c8 | c9 | c10) > 127
      ? readLong(b, p, end, lax)
      : String.fromCharCode(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10);
  const c11 = b[p + 11] as number;
  if (n === 12)
    return (c0 | c1 | c2 | c3 | c4 | c5 | c6 | c7 | c8 | c9 | c10 | c11) > 127
      ? readLong(b, p, end, lax)
      : String.fromCharCode(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11);
  const c12 = b[p + 12] as number;
  if (n === 13)
    return (c0 | c1 | c2 | c3 | c4 | c5 | c6 | c7 | c8 | c9 | c10 | c11 | c12) > 127
      ? readLong(b, p, end, lax)
      : String.fromCharCode(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12);
  const c13 = b[p + 13] as number;
  if (n === 14)
    return (c0 | c1 | c2 | c3 | c4 | c5 | c6 | c7 | c8 | c9 | c10 | c11 | c12 | c13) > 127
      ? readLong(b, p, end, lax)
      : String.fromCharCode(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13);
  const c14 = b[p + 14] as number;
  if (n === 15)
    return (c0 | c1 | c2 | c3 | c4 | c5 | c6 | c7 | c8 | c9 | c10 | c11 | c12 | c13 | c14) > 127
      ? readLong(b, p, end, lax)
      : String.fromCharCode(c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, c12, c13, c14);
  return "";
}

/** As readString; invalid bytes become U+FFFD (proto2, where nobody promised UTF-8). */
export function readStringUnchecked(b: Uint8Array, p: number, end: number): string {
  return readString(b, p, end, true);
}

function readLong(b: Uint8Array, p: number, end: number, lax: boolean): string {
  // A length of one byte was not checked.
  if (end > b.length) truncated();
  const text = raw.utf8Slice.call(b, p, end);
  // The decoder puts U+FFFD for what it cannot read: only then look closer, whether it stood there. `indexOf` is quicker than `includes`.
  if (!lax && text.indexOf("\ufffd") >= 0 && Buffer.from(text).compare(b, p, end) !== 0)
    throw new DecodeError("string is not valid UTF-8");
  return text;
}
