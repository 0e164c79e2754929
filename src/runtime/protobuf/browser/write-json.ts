import { type StyledEncoder, withScratch } from "../binary/arena.ts";
import { readString } from "../binary/read-text.ts";
import type { JsonStyle } from "../json/style.ts";
import type { JsonWriteOptions } from "../message-type.ts";

/** The text of what a generated function writes. */
export function writeJson<M>(
  write: StyledEncoder<M, JsonStyle>,
  message: M,
  options: JsonWriteOptions | undefined,
): string {
  return withScratch(write, message, { ...options, anys: 0, last: 127 }, readString);
}
