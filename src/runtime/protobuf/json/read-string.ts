import { readString } from "../binary/read-text.ts";
import { cursor } from "../binary/state.ts";
import { isWellFormed } from "../binary/well-formed.ts";
import { fail, malformed } from "./fail.ts";
import { expected } from "./input.ts";

export function readJsonString(b: Uint8Array): string {
  const start = cursor.p;
  if (b[start] !== 34) expected("a string", b);
  let p = start + 1;
  let isPlain = true;
  for (let c = b[p] as number; c !== 34; c = b[++p] as number) {
    if (c === 92) {
      isPlain = false;
      c = b[++p] as number;
    }
    // Also past the end.
    if (!(c > 31)) malformed();
  }
  cursor.p = p + 1;
  return isPlain ? readString(b, start + 1, p) : unescaped(readString(b, start, p + 1));
}

function unescaped(quoted: string): string {
  const text = JSON.parse(quoted) as string;
  return isWellFormed(text) ? text : fail("string holds half a surrogate pair");
}
