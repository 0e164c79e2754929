import { readString } from "../binary/read-text.ts";
import { cursor, MAX_DEPTH } from "../binary/state.ts";
import { fail, malformed, shorten } from "./fail.ts";
import { readJsonString } from "./read-string.ts";

// How JSON is read: straight from its bytes, with `cursor.p` before the value to read and behind the one that was. The
// text ends with a byte that no value has, or with the array, so nobody asks where the end is. Errors tell what is wrong;
// readJsonAt adds the place, which is where the cursor stands.

/** A value of another kind than its field's. `start` is where it begins. */
export function expected(what: string, b: Uint8Array, start: number = cursor.p): never {
  cursor.p = start;
  readAny(b);
  fail(`expected ${what}, got ${shorten(readString(b, start, cursor.p).trim())}`);
}

/** Moves behind white space and returns the byte there. */
export function peek(b: Uint8Array): number {
  let c = b[cursor.p] as number;
  while (c === 32 || c === 10 || c === 13 || c === 9) c = b[++cursor.p] as number;
  return c;
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

/** Both kinds of brackets close two characters later in ASCII. */
function open(b: Uint8Array, depth: number, bracket: number, what: string): boolean {
  if (b[cursor.p] !== bracket) expected(what, b);
  checkDepth(depth);
  cursor.p++;
  if (peek(b) !== bracket + 2) return true;
  cursor.p++;
  return false;
}

function next(b: Uint8Array, bracket: number): boolean {
  const c = peek(b);
  if (c !== 44 && c !== bracket + 2) malformed();
  cursor.p++;
  if (c === 44) peek(b);
  return c === 44;
}

/** Enters an object; false when it is empty, and then behind it. Else the cursor is at the first key. */
export function openObject(b: Uint8Array, depth: number): boolean {
  return open(b, depth, OBJECT, "an object");
}

/** Goes on to the next key of an object; false behind the last. */
export function nextMember(b: Uint8Array): boolean {
  return next(b, OBJECT);
}

/** As openObject, for an array and its first item. */
export function openArray(b: Uint8Array, depth: number): boolean {
  return open(b, depth, ARRAY, "an array");
}

export function nextItem(b: Uint8Array): boolean {
  return next(b, ARRAY);
}

/** Goes from behind a key to its value. */
export function skipColon(b: Uint8Array): void {
  if (peek(b) !== 58) malformed();
  cursor.p++;
  peek(b);
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
  for (;;) {
    const c = b[cursor.p] as number;
    // Brackets of both kinds, told from all else by one bit.
    const isEnd = (c | 32) === OBJECT + 2;
    if (!(c > 0) || (depth === 0 && (isEnd || c === 44 || c === 58))) return;
    if (c === 34) readJsonString(b);
    else cursor.p++;
    if (isEnd) depth--;
    if ((c | 32) === OBJECT) checkDepth(++depth);
  }
}

/** A value of any kind, as JSON.parse reads it. */
export function readAny(b: Uint8Array): unknown {
  const start = cursor.p;
  if (b[start] === 34) return readJsonString(b);
  skipValue(b);
  return JSON.parse(readString(b, start, cursor.p));
}
