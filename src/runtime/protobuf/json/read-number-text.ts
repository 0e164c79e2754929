import { readString } from "../binary/read-text.ts";
import { cursor } from "../binary/state.ts";
import { expected, skipValue } from "./input.ts";
import { NUMBER } from "./number.ts";
import { readJsonString } from "./read-string.ts";

/** The text of a number, which may stand in quotes: JSON's grammar holds there, too. */
export function readNumberText(b: Uint8Array, what: string): string {
  const start = cursor.p;
  const isQuoted = b[start] === 34;
  if (!isQuoted) skipValue(b);
  const text = isQuoted ? readJsonString(b) : readString(b, start, cursor.p).trim();
  return NUMBER.test(text) ? text : expected(what, b, start);
}
