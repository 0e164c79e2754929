/** How a file is written, so that what is added looks the same. */
export interface TextStyle {
  /** The line end that most lines have; `\n` for a file of one line. */
  readonly newline: "\n" | "\r\n";
  /** One level of indentation: a tab, or spaces. */
  readonly indent: string;
}

/** Reads the style off a text. Nothing to read it off: two spaces. */
export function styleOf(text: string): TextStyle {
  const lines = text.split("\n");
  const crlf = lines.filter((line) => line.endsWith("\r")).length;
  // ` * ` continues a comment and is no indentation.
  const starts = lines.flatMap((line) => /^(\t| {2,8})(?=[^\s*])/.exec(line)?.[1] ?? []);
  const tabs = starts.filter((start) => start === "\t").length;
  const spaces = starts.filter((start) => start !== "\t");
  const indent =
    tabs > spaces.length
      ? "\t"
      : spaces.reduce<string | undefined>(
          (least, start) => (least === undefined || start.length < least.length ? start : least),
          undefined,
        );
  return { newline: crlf * 2 > lines.length - 1 ? "\r\n" : "\n", indent: indent ?? "  " };
}

/** The white space the line of an offset begins with. */
export function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? "";
}
