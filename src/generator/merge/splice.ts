/** Text to put into a text, in front of the character at an offset (UTF-16 units). */
export interface Splice {
  readonly at: number;
  readonly insert: string;
}

/** The text with all insertions, and every character of its own, in order. Insertions at one offset keep their order. */
export function splice(text: string, splices: readonly Splice[]): string {
  const sorted = splices.map((item, order) => ({ ...item, order }));
  sorted.sort((a, b) => a.at - b.at || a.order - b.order);
  let result = "";
  let from = 0;
  for (const { at, insert } of sorted) {
    result += text.slice(from, at) + insert;
    from = at;
  }
  return result + text.slice(from);
}
