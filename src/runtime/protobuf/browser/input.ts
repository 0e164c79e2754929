import { readString } from "../binary/read-text.ts";
import { cursor, MAX_DEPTH } from "../binary/state.ts";
import { fail } from "../json/fail.ts";
import { readJsonString } from "../json/read-string.ts";

// As json/input.ts, of a text that is JSON for certain: readJsonAt has asked JSON.parse.

/** A value of another kind than its field's. `start` is where it begins. */
export function expected(what: string, b: Uint8Array, start: number = cursor.p): never {
  cursor.p = start;
  skipValue(b);
  fail(`expected ${what}, got ${readString(b, start, cursor.p).trim().slice(0, 60)}`);
}

/** Moves behind white space and returns the byte there. */
export function peek(b: Uint8Array): number {
  while ((b[cursor.p] as number) < 33) cursor.p++;
  return b[cursor.p] as number;
}

/** Moves behind `text` if it stands at the cursor. */
export function skipText(b: Uint8Array, text: string): boolean {
  const { p } = cursor;
  for (let i = 0; i < text.length; i++) if (b[p + i] !== text.charCodeAt(i)) return false;
  cursor.p = p + text.length;
  return true;
}

const OBJECT = 123;
const ARRAY = 91;

function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH) fail(`nested deeper than ${MAX_DEPTH} levels`);
}

/** Goes from a bracket, comma or colon to what follows. */
function skipByte(b: Uint8Array): number {
  cursor.p++;
  return peek(b);
}

/** Both kinds of brackets close two characters later in ASCII. */
function open(b: Uint8Array, depth: number, bracket: number, what: string): boolean {
  if (b[cursor.p] !== bracket) expected(what, b);
  checkDepth(depth);
  if (skipByte(b) !== bracket + 2) return true;
  cursor.p++;
  return false;
}

/** Enters an object; false when it is empty, and then behind it. Else the cursor is at the first key. */
export function openObject(b: Uint8Array, depth: number): boolean {
  return open(b, depth, OBJECT, "an object");
}

/** As openObject, for an array and its first item. */
export function openArray(b: Uint8Array, depth: number): boolean {
  return open(b, depth, ARRAY, "an array");
}

/** Goes on to the next key of an object; false behind the last. */
export function nextMember(b: Uint8Array): boolean {
  const more = peek(b) === 44;
  skipByte(b);
  return more;
}

/** Goes on to the next item of an array; false behind the last. */
export const nextItem: typeof nextMember = nextMember;

/** Goes from behind a key to its value. */
export function skipColon(b: Uint8Array): void {
  peek(b);
  skipByte(b);
}

/** Reads a key and goes on to its value. */
export function readStringKey(b: Uint8Array): string {
  const key = readJsonString(b);
  skipColon(b);
  return key;
}

/** Moves to what may stand behind a value of any kind, of which only texts and brackets are looked at. */
export function skipValue(b: Uint8Array): void {
  let depth = 0;
  let inText = false;
  for (; ; cursor.p++) {
    const c = b[cursor.p] as number;
    if (c === 34) inText = !inText;
    if (inText) {
      if (c === 92) cursor.p++;
    } else if ((c | 32) === OBJECT) checkDepth(++depth);
    // Brackets of both kinds, told from all else by one bit.
    else if ((c | 32) === OBJECT + 2) {
      if (depth-- === 0) return;
    } else if (depth === 0 && (c === 44 || c === 58 || !c)) return;
  }
}

/** A value of any kind, as JSON.parse reads it. */
export function readAny(b: Uint8Array): unknown {
  const start = cursor.p;
  skipValue(b);
  return JSON.parse(readString(b, start, cursor.p));
}
