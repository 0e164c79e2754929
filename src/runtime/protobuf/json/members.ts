import type { JsonReadOptions } from "../message-type.ts";
import { fail } from "./fail.ts";
import { readStringKey, skipColon, skipText } from "./input.ts";
import { skipKey } from "./skip-key.ts";
import { skipMember } from "./skip-member.ts";

/**
 * Reads a key and goes on to the value. Returns the index of its name; more than 31 when nothing is left to read, because
 * the value was null or nobody knows the field. Generated code collects what was read: `seen |= 1 << index`, by the lower
 * five bits of it. For messages of up to 31 members.
 *
 * @param protoNames names that mean the same, where they differ
 * @param nullable bits of the members for which null is a value
 */
export function readMember(
  b: Uint8Array,
  names: readonly string[],
  seen: number,
  options: JsonReadOptions | undefined,
  protoNames: readonly string[] = names,
  nullable = 0,
): number {
  // Writers put members in the order of the .proto, so this is mostly the one behind the last.
  let i = 32 - Math.clz32(seen & 0x7fffffff);
  if (skipKey(b, names[i])) skipColon(b);
  else {
    const key = readStringKey(b);
    i = names.indexOf(key);
    if (i < 0) i = protoNames.indexOf(key);
    if (i < 0) return skipMember(b, options);
    if ((seen >>> i) & 1) fail("given twice");
  }
  return !((nullable >>> i) & 1) && skipText(b, "null") ? i + 32 : i;
}
