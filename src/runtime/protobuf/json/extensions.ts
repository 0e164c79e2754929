import { encodeToArray } from "../binary/arena.ts";
import { cursor, MAX_DEPTH } from "../binary/state.ts";
import { NO_BYTES } from "../binary/support.ts";
import { JsonError } from "../errors.ts";
import { appendRecords, pickRecords, recordNumbers } from "../extension-records.ts";
import { partsOfExtension } from "../extension-type.ts";
import type { JsonReadOptions } from "../message-type.ts";
import { fail } from "./fail.ts";
import { readStringKey } from "./input.ts";
import { skipMember } from "./skip-member.ts";
import type { JsonStyle } from "./style.ts";

/** Writes the extensions among unknown fields that the registry of the options knows, as `[full.name]` members. */
export function writeJsonExtensions(
  extendee: string,
  unknown: Uint8Array | undefined,
  b: Uint8Array,
  p: number,
  style: JsonStyle,
): number {
  const find = style.types?.extension;
  if (unknown === undefined || find === undefined) return p;
  if (style.anys > MAX_DEPTH) throw new JsonError(`nested deeper than ${MAX_DEPTH} levels`);
  const inner: JsonStyle = { ...style, anys: style.anys + 1 };
  for (const messageSet of [false, true])
    for (const number of recordNumbers(unknown, messageSet)) {
      const extension = find(extendee, number);
      if (extension === undefined) continue;
      const parts = partsOfExtension(extension);
      if ((parts.messageSet === true) !== messageSet) continue;
      const records = pickRecords(unknown, parts) ?? NO_BYTES;
      const end = parts.writeJson(parts.decode(records, 0, records.length, undefined, 0), b, p, inner);
      // `{"[name]":value}` behind the other members: its brace becomes the comma that members begin with.
      if (end === p + 2) continue;
      b[p] = 44;
      p = end - 1;
    }
  return p;
}

/**
 * Reads the member at the cursor, whose key begins with a bracket, as the extension of that name that the registry of the
 * options knows. Returns the unknown fields with it.
 */
export function readJsonExtension(
  extendee: string,
  unknown: Uint8Array | undefined,
  b: Uint8Array,
  options: JsonReadOptions | undefined,
  depth: number,
): Uint8Array | undefined {
  const key = readStringKey(b);
  const extension = aside(() => options?.types?.extension?.(extendee, key.slice(1, -1)));
  if (extension === undefined || !key.endsWith("]")) {
    skipMember(b, options);
    return unknown;
  }
  const parts = partsOfExtension(extension);
  const record = parts.readJson(b, options, depth);
  return aside(() => {
    if (pickRecords(unknown, parts) !== undefined) fail("given twice");
    return appendRecords(unknown, encodeToArray(parts.encode, record), parts);
  });
}

/** Runs what may use the cursor for something else. */
export function aside<T>(run: () => T): T {
  const { p, any } = cursor;
  try {
    return run();
  } finally {
    cursor.p = p;
    cursor.any = any;
  }
}
