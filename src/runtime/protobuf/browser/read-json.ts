import { withScratch } from "../binary/arena.ts";
import { readString } from "../binary/read-text.ts";
import { cursor } from "../binary/state.ts";
import { writeUtf8 } from "../binary/utf8.ts";
import { isWellFormed } from "../binary/well-formed.ts";
import { JsonError } from "../errors.ts";
import { fail } from "../json/fail.ts";
import { peek } from "../json/input.ts";
import { placeOf } from "../json/place.ts";
import type { JsonReader } from "../json/read-json.ts";
import type { JsonReadOptions } from "../message-type.ts";

export type { JsonReader };

/** Reads the JSON text that fills `b[start..end)`. The engine judges first whether it is one: nobody asks again. */
export function readJsonAt<T>(
  read: JsonReader<T>,
  options: JsonReadOptions | undefined,
  b: Uint8Array,
  start: number,
  end: number,
): T {
  cursor.p = start;
  cursor.any = -1;
  try {
    JSON.parse(readString(b, start, end));
    peek(b);
    return read(b, options, 0);
  } catch (error) {
    if (error instanceof SyntaxError) fail(`not JSON: ${error.message}`);
    if (error instanceof JsonError)
      throw new JsonError(error.reason, placeOf(readString(b, start, cursor.p)));
    throw error;
  }
}

export function readJsonText<T>(read: JsonReader<T>, text: string, options: JsonReadOptions | undefined): T {
  if (!isWellFormed(text)) fail("text holds half a surrogate pair");
  return withScratch(writeUtf8, text, undefined, (b, start, end) => {
    // What no value has, and no white space: here nobody reads on.
    b[end] = 44;
    return readJsonAt(read, options, b, start, end);
  });
}
