import type { RangeNode } from "../schema/syntax.ts";

/** Largest field number: 29 bits, since 3 of 32 hold the wire type. */
export const maxFieldNumber = 536_870_911n;

/** Is a number in a range? `max` has no end. */
export function contains(range: RangeNode, value: bigint): boolean {
  return value >= range.start && (range.end === undefined || value <= range.end);
}

export function overlaps(a: RangeNode, b: RangeNode): boolean {
  return (b.end === undefined || a.start <= b.end) && (a.end === undefined || b.start <= a.end);
}

/** `5`, `5 to 9`, `5 to max`. */
export function rangeText({ start, end }: RangeNode): string {
  return start === end ? `${start}` : `${start} to ${end ?? "max"}`;
}
