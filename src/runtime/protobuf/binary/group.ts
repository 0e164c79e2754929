import { readTag, tooDeep, truncated } from "./read-varint.ts";
import { noRoom, SLACK } from "./room.ts";
import { cursor, MAX_DEPTH } from "./state.ts";
import { skipField } from "./unknown.ts";
import { writeVarint } from "./write-varint.ts";

/** Position behind the tag that ends the group which `tag` begins, with content at `p`; `cursor.p` is before that tag. */
export function groupEnd(tag: number, b: Uint8Array, p: number, e: number, depth: number): number {
  if (depth >= MAX_DEPTH) tooDeep();
  while (p < e) {
    const at = p;
    const inner = readTag(b, p);
    p = cursor.p;
    if (inner === tag + 1) {
      cursor.p = at;
      return p;
    }
    p = skipField(inner, b, p, e, depth + 1);
  }
  return truncated();
}

/** Writes the tag that ends a group. */
export function endGroup(b: Uint8Array, p: number, tag: number): number {
  if (p + 5 + SLACK > b.length) noRoom();
  return writeVarint(tag, b, p);
}
