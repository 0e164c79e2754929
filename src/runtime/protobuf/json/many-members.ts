import type { JsonReadOptions } from "../message-type.ts";
import { fail } from "./fail.ts";
import { readStringKey, skipColon, skipText } from "./input.ts";
import { skipKey } from "./skip-key.ts";
import { skipMember } from "./skip-member.ts";

/** The members of a message that has many, or any that JSON must escape. */
export interface JsonMembers {
  /** By index: the name, or the JSON name and the name of the .proto where they differ. */
  readonly names: readonly (string | readonly [jsonName: string, protoName: string])[];
  /** Indices of the members for which null is a value. */
  readonly nullable: readonly number[];
  /** Index by name, made when it is needed first: programs load many messages that they never read. */
  index: Map<string, number> | undefined;
  /** By index: the name, if JSON does not escape it. */
  readonly plain: string[];
}

export function jsonMembers(names: JsonMembers["names"], nullable: readonly number[] = []): JsonMembers {
  return { names, nullable, index: undefined, plain: [] };
}

function makeIndex(members: JsonMembers): Map<string, number> {
  const index = new Map<string, number>();
  members.names.forEach((names, i) => {
    const both = [names].flat();
    for (const name of both) index.set(name, i);
    if (/^[\w.-]+$/.test(both[0] as string)) members.plain[i] = both[0] as string;
  });
  members.index = index;
  return index;
}

/** As readMember; marks the index in `seen` itself, and returns -1 when nothing is left to read. */
export function readOneOfMany(
  b: Uint8Array,
  members: JsonMembers,
  seen: boolean[],
  options: JsonReadOptions | undefined,
): number {
  const index = members.index ?? makeIndex(members);
  let i = seen.length;
  if (skipKey(b, members.plain[i])) skipColon(b);
  else {
    i = index.get(readStringKey(b)) ?? -1;
    if (i < 0) {
      skipMember(b, options);
      return -1;
    }
    if (seen[i] === true) fail("given twice");
  }
  seen[i] = true;
  return !members.nullable.includes(i) && skipText(b, "null") ? -1 : i;
}
