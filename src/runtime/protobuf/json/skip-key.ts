import { cursor } from "../binary/state.ts";
import { skipText } from "./input.ts";

/** Moves behind a key if it stands at the cursor. It must be one that JSON does not escape. */
export function skipKey(b: Uint8Array, name: string | undefined): boolean {
  const start = cursor.p;
  if (name === undefined || b[start] !== 34 || b[start + name.length + 1] !== 34) return false;
  cursor.p = start + 1;
  const found = skipText(b, name);
  cursor.p = found ? cursor.p + 1 : start;
  return found;
}
