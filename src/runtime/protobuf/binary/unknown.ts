import { DecodeError } from "../errors.ts";
import { readInt32, readLength, readTag, tooDeep, truncated } from "./read-number.ts";
import { cursor, MAX_DEPTH } from "./state.ts";
import { writeInt32, writeVarint } from "./write-number.ts";

/** Position behind the value of `tag`, whose content begins at `p`. */
export function skipField(tag: number, b: Uint8Array, p: number, e: number, depth: number): number {
  if (tag < 8) throw new DecodeError("field number 0 is not allowed");
  switch (tag & 7) {
    case 0:
      readInt32(b, p);
      p = cursor.p;
      break;
    case 1:
      p += 8;
      break;
    case 2: {
      const n = readLength(b, p);
      p = cursor.p + n;
      break;
    }
    case 3:
      return groupEnd(tag >>> 3, b, p, e, depth);
    case 5:
      p += 4;
      break;
    default:
      throw new DecodeError(
        (tag & 7) === 4 ? "group ends that never began" : `wire type ${tag & 7} is unknown`,
      );
  }
  if (p > e) truncated();
  return p;
}

/** Position behind the end tag of group `number`, whose content begins at `p`; `cursor.p` is where that tag begins. */
export function groupEnd(number: number, b: Uint8Array, p: number, e: number, depth: number): number {
  if (depth >= MAX_DEPTH) tooDeep();
  while (p < e) {
    const at = p;
    const tag = readTag(b, p);
    p = cursor.p;
    if ((tag & 7) === 4) {
      if (tag >>> 3 !== number || p > e) throw new DecodeError("group ends with another number");
      cursor.p = at;
      return p;
    }
    p = skipField(tag, b, p, e, depth + 1);
  }
  return truncated();
}

/** Appends a record to the unknown fields of a message. Grows by doubling: hostile input may hold millions of them. */
export function keepUnknown(
  kept: Uint8Array | undefined,
  b: Uint8Array,
  start: number,
  end: number,
): Uint8Array {
  const n = end - start;
  if (kept === undefined) {
    const first = new Uint8Array(n);
    first.set(b.subarray(start, end));
    return first;
  }
  const length = kept.length + n;
  // `kept` is ours, made by an earlier call, and nobody else has seen it yet.
  if (kept.byteOffset !== 0 || kept.buffer.byteLength < length) {
    const bigger = new Uint8Array(length * 2);
    bigger.set(kept);
    kept = bigger;
  }
  const grown = new Uint8Array(kept.buffer, 0, length);
  grown.set(b.subarray(start, end), length - n);
  return grown;
}

/** Keeps a number that a closed enum does not know, as the record it would have been on its own. */
export function keepUnknownEnum(kept: Uint8Array | undefined, number: number, value: number): Uint8Array {
  const record = new Uint8Array(15);
  return keepUnknown(kept, record, 0, writeInt32(value, record, writeVarint((number << 3) >>> 0, record, 0)));
}
