import { fail } from "../json/fail.ts";
import { readStringKey, skipText } from "../json/input.ts";
import { skipMember } from "../json/skip-member.ts";
import type { JsonReadOptions } from "../message-type.ts";

/** Reads a key and goes on to the value; see json/members.ts. */
export function readMember(
  b: Uint8Array,
  names: readonly string[],
  seen: number,
  options: JsonReadOptions | undefined,
  protoNames: readonly string[] = names,
  nullable = 0,
): number {
  const key = readStringKey(b);
  let i = names.indexOf(key);
  if (i < 0) i = protoNames.indexOf(key);
  if (i < 0) return skipMember(b, options);
  if ((seen >>> i) & 1) fail("given twice");
  return !((nullable >>> i) & 1) && skipText(b, "null") ? i + 32 : i;
}
