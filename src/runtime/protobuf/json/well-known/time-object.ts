import { cursor } from "../../binary/state.ts";
import type { JsonReadOptions } from "../../message-type.ts";
import { nextMember, openObject } from "../input.ts";
import { readMember } from "../members.ts";
import { readJsonInt32 } from "../read-int32.ts";
import { readJsonInt64 } from "../read-long.ts";

const MEMBERS: readonly string[] = ["seconds", "nanos"];

export function isTimeObject(b: Uint8Array): boolean {
  return b[cursor.p] === 123;
}

/** `{"seconds":5,"nanos":500}`, as Go's `encoding/json` writes a Timestamp or Duration; what is zero is left out. */
export function readTimeObject(
  b: Uint8Array,
  options: JsonReadOptions | undefined,
  depth: number,
): { seconds: bigint; nanos: number } {
  let seconds = 0n;
  let nanos = 0;
  let seen = 0;
  for (let more = openObject(b, depth); more; more = nextMember(b)) {
    const i = readMember(b, MEMBERS, seen, options);
    seen |= 1 << i;
    if (i === 0) seconds = readJsonInt64(b);
    else if (i === 1) nanos = readJsonInt32(b);
  }
  return { seconds, nanos };
}
