import { endLength } from "../binary/room.ts";
import { writeUtf8 } from "../binary/utf8.ts";
import { isWellFormed } from "../binary/well-formed.ts";
import { wrong } from "../binary/write-varint.ts";

/** Writes the length and the UTF-8 bytes of `s`. */
export function writeString(s: string, b: Uint8Array, p: number): number {
  if (typeof s !== "string") wrong("string", s);
  if (!isWellFormed(s)) throw new TypeError("string holds half a surrogate pair");
  return endLength(b, p + 1, writeUtf8(s, b, p + 1));
}
