import { cursor } from "../binary/state.ts";
import { expected, readAny } from "../json/input.ts";
import { NUMBER } from "../json/number.ts";

/** Reads a number, which may stand in quotes: JSON's grammar holds there, too. */
export function readNumber(b: Uint8Array, what: string): number {
  const start = cursor.p;
  const value = readAny(b);
  return typeof value === "number" || (typeof value === "string" && NUMBER.test(value))
    ? +value
    : expected(what, b, start);
}
