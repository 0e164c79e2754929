import type { RangeNode } from "../schema/syntax.ts";

/** Largest field number: 29 bits, since 3 of 32 hold the wire type. */
export const maxFieldNumber = 536_870_911n;

/** Is a number in a range? `max` has no end. */
export function contains(range: RangeNode, value: bigint): boolean {
  return value >= range.start && (range.end === undefined || value <= range.end);
}

/** Finds a range that holds a number, in the logarithm of the number of ranges. They may overlap. */
export function createRangeFinder(ranges: readonly RangeNode[]): (value: bigint) => RangeNode | undefined {
  if (ranges.length === 0) return () => undefined;
  const sorted = ranges.toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  // Of all ranges up to an index, the one that reaches furthest.
  const furthest: RangeNode[] = [];
  for (const range of sorted) {
    const before = furthest.at(-1);
    furthest.push(before !== undefined && reaches(before, range) ? before : range);
  }
  return (value) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle]!.start <= value) low = middle + 1;
      else high = middle;
    }
    const range = furthest[low - 1];
    return range !== undefined && contains(range, value) ? range : undefined;
  };
}

/** Does `a` end where `b` does, or later? */
function reaches(a: RangeNode, b: RangeNode): boolean {
  return a.end === undefined || (b.end !== undefined && a.end >= b.end);
}

export function overlaps(a: RangeNode, b: RangeNode): boolean {
  return (b.end === undefined || a.start <= b.end) && (a.end === undefined || b.start <= a.end);
}

/** `5`, `5 to 9`, `5 to max`. */
export function rangeText({ start, end }: RangeNode): string {
  return start === end ? `${start}` : `${start} to ${end ?? "max"}`;
}
