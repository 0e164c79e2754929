import { raw } from "../binary/node-buffer.ts";
import { noRoom, SLACK } from "../binary/room.ts";
import { writeUtf8 } from "../binary/utf8.ts";
import { isWellFormed } from "../binary/well-formed.ts";
import { wrong } from "../binary/write-varint.ts";
import { JsonError } from "../errors.ts";
import type { JsonStyle } from "./style.ts";

/** Thrown when a text that is written as Latin-1 holds more than that; whoever asked for it asks for UTF-8 then. */
export const WIDE: Readonly<Record<string, never>> = /* @__PURE__ */ Object.freeze({});

/** Up to here a loop beats the calls into C++, of which a string that needs escapes takes three. */
const LOOP_UNITS = 96;

export function writeJsonString(s: string, b: Uint8Array, p: number, style: JsonStyle): number {
  if (typeof s !== "string") wrong("string", s);
  const units = s.length;
  if (units > LOOP_UNITS) return writeAwkwardString(s, b, p, style);
  const start = p + 1;
  if (start + units + SLACK > b.length) noRoom();
  const { last } = style;
  for (let i = 0; i < units; i++) {
    const c = s.charCodeAt(i);
    if (c < 32 || c === 34 || c === 92 || c > last) return writeAwkwardString(s, b, p, style);
    b[start + i] = c;
  }
  b[p] = b[start + units] = 34;
  return start + units + 1;
}

function writeAwkwardString(s: string, b: Uint8Array, p: number, style: JsonStyle): number {
  if (!isWellFormed(s)) throw new JsonError("string holds half a surrogate pair");
  return writeJsonText(JSON.stringify(s), b, p, style);
}

/** Writes JSON text that may hold any character. */
export function writeJsonText(text: string, b: Uint8Array, p: number, { last }: JsonStyle): number {
  if (last < 255) return writeUtf8(text, b, p);
  const end = p + text.length;
  if (end + SLACK > b.length) noRoom();
  raw.latin1Write.call(b, text, p, text.length);
  // It keeps the lower byte of what it cannot hold.
  if (raw.latin1Slice.call(b, p, end) !== text) throw WIDE;
  return end;
}
