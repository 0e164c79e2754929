import { suggest } from "./suggest.ts";

/** What a person wrote for something else: reported once, and read as what was meant, so that nothing follows from it. */
export interface Slip {
  readonly at: number;
  /** Behind it. */
  readonly end: number;
  readonly message: string;
  /** Of a text in other quotes. */
  readonly string?: string;
  /** Is it to be read as a name? */
  readonly isName?: boolean;
}

const word = /[\p{L}\p{M}\p{N}_]+/uy;
const otherQuote = /[“”„‟«»‘’‚]/;
const conflictMarks = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"];

/** No import or option is longer. What is asked again and again must not read to the end of the file each time. */
const maxQuoted = 1000;

/** A slip that begins here, undefined when it is none that is known. */
export function slipAt(text: string, at: number): Slip | undefined {
  const char = text[at]!;
  if (char === "#")
    return { at, end: lineEnd(text, at), message: 'A comment begins with "//", not with "#".' };
  if (otherQuote.test(char)) {
    const rest = text.slice(at + 1, at + 1 + maxQuoted);
    const length = /[“”„‟«»‘’‚"';\n]/.exec(rest)?.index ?? rest.length;
    const isClosed = !/^[;\n]?$/.test(rest.charAt(length));
    const message = `Texts stand in ", not in ${char}.`;
    return { at, end: at + 1 + length + (isClosed ? 1 : 0), message, string: rest.slice(0, length) };
  }
  const isLineStart = at === 0 || text[at - 1] === "\n";
  if (!isLineStart || !conflictMarks.some((mark) => text.startsWith(mark, at))) return undefined;
  const message = "This is the mark of a merge conflict; choose a side and remove it.";
  return { at, end: lineEnd(text, at), message };
}

function lineEnd(text: string, at: number): number {
  const found = text.indexOf("\n", at);
  return found < 0 ? text.length : found;
}

/** A name with letters that no name has, from `at` on; `bad` is the first of them. */
export function foreignNameAt(text: string, at: number, bad: number): Slip | undefined {
  word.lastIndex = at;
  const found = word.exec(text)?.[0];
  if (found === undefined || found.length <= bad - at) return undefined;
  const char = String.fromCodePoint(text.codePointAt(bad)!);
  const message = `Names have the letters A to Z, digits and "_" only; "${char}" is none of them.`;
  return { at: bad, end: at + found.length, message, isName: true };
}

/** What other languages call what stands at the top level of a file. */
const foreignStatements: Readonly<Record<string, string>> = {
  class: "message",
  struct: "message",
  type: "message",
  record: "message",
  interface: "service",
  namespace: "package",
  include: "import",
  using: "import",
};

/** The keyword that a word at the top level is meant for. */
export function meantStatement(text: string, known: readonly string[]): string | undefined {
  return (
    (Object.hasOwn(foreignStatements, text) ? foreignStatements[text] : undefined) ?? suggest(text, known, "")
  );
}
