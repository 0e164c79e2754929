import type { Paint } from "./paint.ts";
import { printable } from "./terminal.ts";

/** 1-based, columns in UTF-16 units. */
export interface FramePosition {
  readonly line: number;
  readonly column: number;
}

/**
 * The line of a text with a mark under the column:
 *
 * ```
 *   3 |   strin name = 1;
 *     |   ^
 * ```
 *
 * Empty when the text has no such line.
 */
export function codeFrame(text: string, { line, column }: FramePosition, paint: Paint): string {
  const source = text.split("\n", line)[line - 1]?.replace(/\r$/, "");
  if (source === undefined) return "";

  // A window of a long line, so that the mark stays in sight; tabs become spaces, so that it stands where it should.
  const start = column > 100 ? column - 60 : 0;
  const clean = (part: string) => printable(part.replaceAll("\t", "  "));
  const before = clean(source.slice(start, Math.max(column - 1, 0)));
  const shown = before + clean(source.slice(Math.max(column - 1, 0), start + 160));

  const number = String(line);
  const margin = " ".repeat(number.length);
  return `  ${paint.dim(`${number} |`)} ${shown}\n  ${paint.dim(`${margin} |`)} ${" ".repeat(before.length)}${paint.red("^")}`;
}
