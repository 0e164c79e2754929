import type { Position } from "./schema.ts";

/** A text whose line starts are known, so that a position costs little. */
export interface Positioned {
  readonly path: string;
  readonly text: string;
  /** From `lineStartsOf(text)`. Empty when positions are not known: then everything is at the start. */
  readonly lineStarts: readonly number[];
}

/** Offsets at which lines begin. Counts `\n` only, which is right for both kinds of line ends. */
export function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) starts.push(i + 1);
  return starts;
}

/** Line and column of an offset. */
export function positionAt(file: Positioned, at: number): Position {
  if (file.lineStarts.length === 0) return { file: file.path, line: 1, column: 1 };
  let low = 0;
  let high = file.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (file.lineStarts[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  const column = at - file.lineStarts[low]! + 1;
  // An invisible byte-order mark would move the first line by one.
  const hasMark = low === 0 && file.text.charCodeAt(0) === 0xfeff;
  return { file: file.path, line: low + 1, column: hasMark ? Math.max(1, column - 1) : column };
}
