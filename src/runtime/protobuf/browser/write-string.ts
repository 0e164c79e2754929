import { writeUtf8 } from "../binary/utf8.ts";
import { isWellFormed } from "../binary/well-formed.ts";
import { wrong } from "../binary/write-varint.ts";
import { JsonError } from "../errors.ts";
import type { JsonStyle } from "../json/style.ts";

export function writeJsonString(s: string, b: Uint8Array, p: number, _style?: JsonStyle): number {
  if (typeof s !== "string") wrong("string", s);
  if (!isWellFormed(s)) throw new JsonError("string holds half a surrogate pair");
  return writeUtf8(JSON.stringify(s), b, p);
}

/** Writes JSON text that may hold any character. */
export function writeJsonText(text: string, b: Uint8Array, p: number, _style?: JsonStyle): number {
  return writeUtf8(text, b, p);
}
