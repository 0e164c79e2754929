import { readString } from "./read-text.ts";

/** Longer keys are rarely the same again. */
const LONGEST = 24;
const SLOTS = 256;

// Keys of maps that were read before, one per slot. Only ever saves time: a new key takes the slot of an old one.
const known: (string | undefined)[] = [];

/**
 * Reads a map's key as `readString` does. Maps mostly have the keys of the last one, and V8 looks up each new string in its
 * table before it becomes a property, which takes longer than finding the string of the last time.
 */
export function readKey(b: Uint8Array, p: number, end: number, lax = false): string {
  const n = end - p;
  if (n === 0 || n > LONGEST) return readString(b, p, end, lax);
  const slot =
    (n + (b[p] as number) * 3 + (b[end - 1] as number) * 5 + (b[p + (n >> 1)] as number) * 7) & (SLOTS - 1);
  const last = known[slot];
  if (last !== undefined && last.length === n) {
    let i = 0;
    // As many units as bytes: the key is ASCII, or has U+FFFD, which is no byte.
    while (i < n && last.charCodeAt(i) === b[p + i]) i++;
    if (i === n) return last;
  }
  const key = readString(b, p, end, lax);
  while (known.length < SLOTS) known.push(undefined);
  known[slot] = key;
  return key;
}
