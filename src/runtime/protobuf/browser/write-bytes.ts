import { wrong } from "../binary/write-varint.ts";
import { writeQuoted } from "../json/write.ts";

/** Base64 with padding. */
export function writeJsonBytes(v: Uint8Array, b: Uint8Array, p: number): number {
  if (!(v instanceof Uint8Array)) wrong("Uint8Array", v);
  let text = "";
  for (const byte of v) text += String.fromCharCode(byte);
  return writeQuoted(btoa(text), b, p);
}
