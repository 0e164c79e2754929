import { encodeToArray } from "../binary/arena.ts";
import { MAX_DEPTH } from "../binary/state.ts";
import { NO_BYTES } from "../binary/support.ts";
import { JsonError } from "../errors.ts";
import { appendRecords, pickRecords, recordNumbers } from "../extension-records.ts";
import { partsOfExtension } from "../extension-type.ts";
import type { JsonReadOptions } from "../message-type.ts";
import { tally } from "./duplicate-keys.ts";
import { checkMembers, type JsonObject, type MemberNames } from "./read.ts";
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
 * `checkMembers` of a message that can be extended: reads the `[full.name]` members that the registry of the options
 * knows, and returns them as unknown fields.
 */
export function readJsonExtensions(
  extendee: string,
  object: JsonObject,
  seen: number,
  known: MemberNames,
  options: JsonReadOptions | undefined,
  depth: number,
): Uint8Array | undefined {
  let unknown: Uint8Array | undefined;
  const find = options?.types?.extension;
  if (find !== undefined)
    for (const key of Object.keys(object)) {
      if (!key.startsWith("[") || !key.endsWith("]")) continue;
      const extension = find(extendee, key.slice(1, -1));
      if (extension === undefined) continue;
      seen++;
      const parts = partsOfExtension(extension);
      tally.members--; // counted once more in the record
      const record = parts.readJson({ [key]: object[key] ?? null }, options, depth);
      unknown = appendRecords(unknown, encodeToArray(parts.encode, record), parts);
    }
  checkMembers(object, seen, known, options, (key) => find?.(extendee, key.slice(1, -1)) !== undefined);
  return unknown;
}
