import { readString } from "../binary/read-text.ts";
import { cursor } from "../binary/state.ts";
import { setEntry } from "../binary/support.ts";
import { fail, malformed, shorten } from "./fail.ts";
import { expected, readStringKey, skipColon } from "./input.ts";
import { readJsonInt32, readJsonUint32 } from "./read-int32.ts";
import { readJsonInt64, readJsonUint64 } from "./read-long.ts";

/** Sets an entry that must be new. */
export function addEntry<V>(map: { [key: string]: V }, key: string | number, value: V): void {
  if (Object.hasOwn(map, key)) fail("given twice");
  setEntry(map, key, value);
}

// The keys of maps, with the colon behind.

export function readBoolKey(b: Uint8Array): string {
  const key = readStringKey(b);
  if (key !== "true" && key !== "false")
    fail(`key ${shorten(JSON.stringify(key))} is neither true nor false`);
  return key;
}

/** An integer key has one spelling only: no exponent, no leading zero. */
function readIntegerKey<Key>(b: Uint8Array, read: (b: Uint8Array) => Key): Key {
  const start = cursor.p;
  if (b[start] !== 34) malformed();
  const key = read(b);
  if (/[.eE]/.test(readString(b, start + 1, cursor.p - 1))) expected("an integer key", b, start);
  skipColon(b);
  return key;
}

export function readInt32Key(b: Uint8Array): number {
  return readIntegerKey(b, readJsonInt32);
}

export function readUint32Key(b: Uint8Array): number {
  return readIntegerKey(b, readJsonUint32);
}

/** A 64-bit key stays text. */
export function readInt64Key(b: Uint8Array): string {
  return String(readIntegerKey(b, readJsonInt64));
}

export function readUint64Key(b: Uint8Array): string {
  return String(readIntegerKey(b, readJsonUint64));
}
