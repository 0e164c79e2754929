import { cursor } from "../binary/state.ts";
import type { JsonReadOptions } from "../message-type.ts";
import { fail } from "./fail.ts";
import { readAny } from "./input.ts";

/** Skips a member that the message does not have, or refuses it. Its index is none. */
export function skipMember(b: Uint8Array, options: JsonReadOptions | undefined): number {
  if (options?.ignoreUnknownFields !== true && cursor.p !== cursor.any) fail("no such field");
  readAny(b);
  return 63;
}
