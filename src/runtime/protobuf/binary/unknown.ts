import { DecodeError } from "../errors.ts";
import { readInt32, readTag, tooDeep, truncated } from "./read-varint.ts";
import { cursor, MAX_DEPTH } from "./state.ts";

/** Position behind the value of `tag`, whose content begins at `p`. */
export function skipField(tag: number, b: Uint8Array, p: number, e: number, depth: number): number {
  const wireType = tag & 7;
  if (tag < 8 || wireType === 4 || wireType > 5)
    throw new DecodeError(`field ${tag >>> 3} cannot have wire type ${wireType}`);
  if (wireType === 0) {
    readInt32(b, p);
    p = cursor.p;
  } else if (wireType === 2) p = readTag(b, p) + cursor.p;
  else if (wireType === 3) {
    if (depth >= MAX_DEPTH) tooDeep();
    // Whoever looks for the end tag behind `e` finds that out in the end.
    for (let inner = 0; inner !== tag + 1; ) {
      inner = readTag(b, p);
      p = inner === tag + 1 ? cursor.p : skipField(inner, b, cursor.p, e, depth + 1);
    }
  } else p += wireType === 1 ? 8 : 4;
  if (p > e) truncated();
  return p;
}

/** Appends a record to the unknown fields of a message. Grows by doubling: hostile input may hold millions of them. */
export function keepUnknown(
  kept: Uint8Array | undefined,
  b: Uint8Array,
  start: number,
  end: number,
): Uint8Array {
  const length = kept?.length ?? 0;
  const n = length + end - start;
  // `kept` is ours, made by an earlier call, and nobody else has seen it yet.
  let memory = kept?.buffer;
  if (!(memory && memory.byteLength >= n)) memory = new ArrayBuffer(length + n);
  const all = new Uint8Array(memory, 0, n);
  if (kept && kept.buffer !== memory) all.set(kept);
  all.set(b.subarray(start, end), length);
  return all;
}
