import { withScratch } from "../binary/arena.ts";
import { readStringUnchecked } from "../binary/read-text.ts";
import { cursor } from "../binary/state.ts";
import { writeUtf8 } from "../binary/utf8.ts";
import { isWellFormed } from "../binary/well-formed.ts";
import { JsonError } from "../errors.ts";
import type { JsonReadOptions } from "../message-type.ts";
import { fail, malformed } from "./fail.ts";
import { peek } from "./input.ts";
import { placeOf } from "./place.ts";

/** Reads the message whose JSON begins at the cursor; generated. */
export type JsonReader<T> = (b: Uint8Array, options: JsonReadOptions | undefined, depth: number) => T;

/** Reads the JSON text that fills `b[start..end)`; behind it the array ends, or stands a zero. */
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
    peek(b);
    const message = read(b, options, 0);
    peek(b);
    return cursor.p === end ? message : malformed();
  } catch (error) {
    const reason = error instanceof SyntaxError ? `not JSON at byte ${cursor.p - start}` : reasonOf(error);
    throw new JsonError(reason, placeOf(readStringUnchecked(b, start, Math.min(cursor.p, end))));
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof JsonError) return error.reason;
  throw error;
}

export function readJsonText<T>(read: JsonReader<T>, text: string, options: JsonReadOptions | undefined): T {
  return withScratch(writeUtf8, text, undefined, (b, start, end) => {
    if (end - start !== text.length && !isWellFormed(text)) fail("text holds half a surrogate pair");
    b[end] = 0;
    return readJsonAt(read, options, b, start, end);
  });
}
