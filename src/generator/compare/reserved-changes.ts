import type { NumberRange, Reserved } from "../schema/index.ts";

/** Is a number in one of some ranges? */
export function isInRanges(ranges: readonly NumberRange[], number: number): boolean {
  return ranges.some(({ start, end }) => start <= number && number <= end);
}

/** What was reserved and is so no more: `3`, `5 to 9`, `"age"`. */
export function noLongerReserved(before: Reserved, after: Reserved): string[] {
  return [
    ...lostRanges(before.numbers, after.numbers),
    ...before.names.filter((name) => !after.names.includes(name)).map((name) => `"${name}"`),
  ];
}

/** Ranges, or parts of them, that others no longer cover: `5 to 9` of which `5 to 6` is left -> `7 to 9`. */
export function lostRanges(before: readonly NumberRange[], after: readonly NumberRange[]): string[] {
  const kept = after.toSorted((a, b) => a.start - b.start);
  return before.flatMap(({ start, end }) => {
    const lost: string[] = [];
    let from = start;
    for (const range of kept) {
      if (range.end < from || range.start > end) continue;
      if (range.start > from) lost.push(rangeText(from, range.start - 1));
      from = range.end + 1;
    }
    if (from <= end) lost.push(rangeText(from, end));
    return lost;
  });
}

function rangeText(start: number, end: number): string {
  return start === end ? `${start}` : `${start} to ${end}`;
}

/**
 * How a deletion is judged: by whether number and name are kept from being taken again. `remedy`: what to reserve.
 */
export function judgeDeletion(
  number: number,
  names: readonly string[],
  { numbers, names: reservedNames }: Reserved,
): { readonly kind: "wire" | "json" | "source"; readonly remedy: string | undefined } {
  const isNumberKept = isInRanges(numbers, number);
  const freeNames = names.filter((name) => !reservedNames.includes(name));
  const missing = [...(isNumberKept ? [] : [String(number)]), ...freeNames.map((name) => `"${name}"`)];
  const kind = !isNumberKept ? "wire" : freeNames.length > 0 ? "json" : "source";
  return { kind, remedy: missing.length === 0 ? undefined : `Reserve ${missing.join(" and ")}.` };
}
