import { cursor } from "../binary/state.ts";
import { expected } from "./input.ts";
import { readNumber } from "./read-number.ts";

export function readJsonInt32(b: Uint8Array): number {
  const start = cursor.p;
  const n = readNumber(b, "an integer");
  return n === (n | 0) ? n | 0 : expected("a 32-bit integer", b, start); // -0 becomes 0
}

export function readJsonUint32(b: Uint8Array): number {
  const start = cursor.p;
  const n = readNumber(b, "an integer");
  return n === n >>> 0 ? n >>> 0 : expected("an unsigned 32-bit integer", b, start);
}
