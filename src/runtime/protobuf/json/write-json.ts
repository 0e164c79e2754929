import { type StyledEncoder, withScratch } from "../binary/arena.ts";
import { raw } from "../binary/node-buffer.ts";
import type { JsonWriteOptions } from "../message-type.ts";
import { type JsonStyle, LATIN1, toJsonStyle, UTF8 } from "./style.ts";
import { WIDE } from "./write-string.ts";

/** How many texts are written as UTF-8 after one that Latin-1 could not hold: the next ones will be alike. */
const WIDE_TEXTS = 100;

let wideTexts = 0;

/** The text of what a generated function writes. */
export function writeJson<M>(
  write: StyledEncoder<M, JsonStyle>,
  message: M,
  options: JsonWriteOptions | undefined,
): string {
  if (wideTexts === 0)
    try {
      return withScratch(write, message, toJsonStyle(options, LATIN1), toLatin1);
    } catch (error) {
      if (error !== WIDE) throw error;
      wideTexts = WIDE_TEXTS;
    }
  wideTexts--;
  return withScratch(write, message, toJsonStyle(options, UTF8), toUtf8);
}

function toLatin1(b: Uint8Array, start: number, end: number): string {
  return raw.latin1Slice.call(b, start, end);
}

function toUtf8(b: Uint8Array, start: number, end: number): string {
  return raw.utf8Slice.call(b, start, end);
}
