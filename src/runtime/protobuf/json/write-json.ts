import { type StyledEncoder, withScratch } from "../binary/arena.ts";
import { raw } from "../binary/node-buffer.ts";
import type { JsonWriteOptions } from "../message-type.ts";
import { type JsonStyle, toJsonStyle } from "./style.ts";
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
  try {
    return withScratch(write, message, toJsonStyle(options, wideTexts-- <= 0), toText);
  } catch (error) {
    if (error !== WIDE) throw error;
    wideTexts = WIDE_TEXTS;
    return writeJson(write, message, options);
  }
}

function toText(b: Uint8Array, start: number, end: number, { latin }: JsonStyle): string {
  return latin ? raw.latin1Slice.call(b, start, end) : raw.utf8Slice.call(b, start, end);
}
