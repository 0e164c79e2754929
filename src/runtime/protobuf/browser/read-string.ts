import { cursor } from "../binary/state.ts";
import { isWellFormed } from "../binary/well-formed.ts";
import { fail } from "../json/fail.ts";
import { expected, readAny } from "../json/input.ts";

export function readJsonString(b: Uint8Array): string {
  const start = cursor.p;
  const text = readAny(b);
  if (typeof text !== "string") expected("a string", b, start);
  return isWellFormed(text) ? text : fail("string holds half a surrogate pair");
}
