/** A change of a text: what stands from `at` up to `end` (UTF-16 units) becomes `insert`. */
export interface Splice {
  readonly at: number;
  /** Exclusive. Default: `at`, so that nothing goes. */
  readonly end?: number;
  readonly insert: string;
}

/**
 * The text with all changes, and every other character, in order. Insertions at one offset keep their order; the same
 * replacement twice is made once; others must not overlap.
 */
export function splice(text: string, splices: readonly Splice[]): string {
  const sorted = splices.map(({ at, end = at, insert }, order) => ({ at, end, insert, order }));
  sorted.sort((a, b) => a.at - b.at || a.end - b.end || a.order - b.order);
  let result = "";
  let from = 0;
  let last: (typeof sorted)[number] | undefined;
  for (const change of sorted) {
    const { at, end, insert } = change;
    if (last !== undefined && end > at && at === last.at && end === last.end && insert === last.insert)
      continue;
    if (at < from) throw new Error(`changes overlap at ${at}`);
    result += text.slice(from, at) + insert;
    from = end;
    last = change;
  }
  return result + text.slice(from);
}
