import { foreignNameAt, type Slip, slipAt } from "./slips.ts";

/** A piece of a .proto text. `text` of a string token is its content with escapes resolved, one char per byte. */
export interface Token {
  readonly kind: "name" | "integer" | "float" | "string" | "symbol" | "end";
  readonly text: string;
  /** UTF-16 offset of the first character. */
  readonly at: number;
  readonly end: number;
  /** Comments between the previous token and this one. */
  readonly comments: readonly Comment[];
}

/** One block comment, or one line comment. */
export interface Comment {
  readonly at: number;
  readonly end: number;
  /** `//` comments of neighbouring lines belong together; block comments stand alone. */
  readonly block: boolean;
}

export interface ScanError {
  readonly at: number;
  readonly message: string;
}

/** More than this many mistakes in one file are not told; a binary file would make millions. */
export const maxErrors = 50;

/** Names and numbers stand in messages, so they are bounded too. */
export const maxNameLength = 1000;
const maxNumberLength = 60;

/** The largest file of googleapis has a tenth of it; a token takes a hundred times the memory of its text. */
const maxTokens = 2_000_000;

/** Most tokens have none. */
const noComments: readonly Comment[] = [];

const slash = 47;
const dot = 46;
const numbers = /0[xX][0-9A-Fa-f]*|(?:\d+\.\d*(?:[eE][+-]?\d*)?|\.\d+(?:[eE][+-]?\d*)?|\d+[eE][+-]?\d*|\d+)/y;
const afterNumber = /[A-Za-z0-9_.]+/y;

/**
 * Cuts a .proto text into tokens. Never throws: what cannot be a token is reported and skipped, so that one run finds
 * every mistake. The last token is always `end`.
 */
export function scan(text: string): { tokens: Token[]; errors: ScanError[] } {
  const tokens: Token[] = [];
  const errors: ScanError[] = [];
  let comments: Comment[] | undefined;
  let commentCount = 0;
  // A byte-order mark is allowed only where editors put it.
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;

  function report(position: number, message: string): void {
    if (errors.length < maxErrors) errors.push({ at: position, message });
  }
  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  }
  function push(kind: Token["kind"], end: number, content = text.slice(at, end)): void {
    tokens.push({ kind, text: content, at, end, comments: comments ?? noComments });
    comments = undefined;
    at = end;
  }

  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (tokens.length + commentCount >= maxTokens) {
      report(at, `Of a file, ${maxTokens} words and signs are read; split it.`);
      break;
    }
    if (isSpace(code)) {
      do at++;
      while (isSpace(text.charCodeAt(at)));
    } else if (code === slash && (text[at + 1] === "/" || text[at + 1] === "*")) {
      const comment = readComment(text, at);
      if (comment === undefined) {
        report(at, "This comment never ends; add */.");
        at = text.length;
      } else {
        const nested = comment.block ? text.slice(at + 2, comment.end - 1).indexOf("/*") : -1;
        if (nested >= 0) report(at + 2 + nested, 'Comments do not nest; remove this "/*".');
        comments ??= [];
        commentCount += 1;
        comments.push(comment);
        at = comment.end;
      }
    } else if (isLetter(code)) {
      let end = at + 1;
      while (isLetter(text.charCodeAt(end)) || isDigit(text.charCodeAt(end))) end++;
      if (text.charCodeAt(end) > 127) {
        const slip = foreignNameAt(text, at, end);
        if (slip !== undefined) {
          take(slip);
          continue;
        }
      }
      const length = end - at;
      if (length > maxNameLength) report(at, `This name is longer than ${maxNameLength} characters.`);
      push("name", at + length, text.slice(at, at + Math.min(length, maxNameLength)));
    } else if (isDigit(code) || (code === dot && isDigit(text.charCodeAt(at + 1)))) {
      readNumber();
    } else if (code === 34 || code === 39) {
      const string = readString(text, at, report);
      push("string", string.end, string.content);
    } else if ("{}[]()<>=;,.:/-+".includes(text[at]!)) {
      // Only a line of seven of them is looked at.
      const slip = text[at + 6] === text[at] ? slipAt(text, at) : undefined;
      if (slip === undefined) push("symbol", at + 1);
      else take(slip);
    } else {
      const slip = slipAt(text, at) ?? foreignNameAt(text, at, at);
      if (slip !== undefined) {
        take(slip);
        continue;
      }
      const point = text.codePointAt(at)!;
      report(at, `${describeCharacter(point)} has no meaning in a .proto file; remove it.`);
      at += point > 0xffff ? 2 : 1;
    }
  }
  at = text.length;
  push("end", at, "");
  return { tokens, errors };

  function take(slip: Slip): void {
    report(slip.at, slip.message);
    if (slip.string !== undefined) push("string", slip.end, slip.string);
    else if (slip.isName) push("name", slip.end, text.slice(at, Math.min(slip.end, at + maxNameLength)));
    else at = slip.end;
  }

  function readNumber(): void {
    const number = match(numbers)!;
    const start = at;
    const end = at + number.length;
    at = end;
    const rest = match(afterNumber);
    at = start;
    const isHex = /^0[xX]/.test(number);
    const bad =
      number.length > maxNumberLength ||
      rest !== undefined ||
      /^0[xX]$/.test(number) ||
      /[eE][+-]?$/.test(isHex ? "" : number) ||
      (/^0\d/.test(number) && /^\d+$/.test(number) && /[89]/.test(number));
    if (bad) report(at, `"${`${number}${rest ?? ""}`.slice(0, maxNumberLength)}" is not a number.`);
    // A broken number is no integer, so that nothing is said about its value.
    const isInteger = !bad && (isHex || /^\d+$/.test(number));
    push(isInteger ? "integer" : "float", end + (rest?.length ?? 0), bad ? "0" : number);
  }
}

/** Codes, not regular expressions: this is asked of every character. NaN, which is behind the end, is nothing. */
function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function describeCharacter(point: number): string {
  if (point === 0xfeff) return "A byte-order mark";
  const code = point.toString(16).toUpperCase().padStart(4, "0");
  return point > 0x20 && point < 0x7f ? `"${String.fromCodePoint(point)}"` : `Character U+${code}`;
}

function readComment(text: string, at: number): Comment | undefined {
  if (text[at + 1] === "/") {
    const newline = text.indexOf("\n", at);
    return { at, end: newline < 0 ? text.length : newline, block: false };
  }
  const close = text.indexOf("*/", at + 2);
  return close < 0 ? undefined : { at, end: close + 2, block: true };
}

const simpleEscapes: ReadonlyMap<string, string> = new Map(
  Object.entries({ a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, "\\": 92, "'": 39, '"': 34, "?": 63 }).map(
    ([letter, code]) => [letter, String.fromCharCode(code)],
  ),
);

/** Characters of a string that stand for themselves. */
const plain = /[ !#-&(-[\]-~]+/y;

function readString(
  text: string,
  at: number,
  report: (at: number, message: string) => void,
): { end: number; content: string } {
  const quote = text[at]!;
  let content = "";
  let index = at + 1;
  for (;;) {
    plain.lastIndex = index;
    const run = plain.exec(text)?.[0];
    if (run !== undefined) {
      content += run;
      index += run.length;
    }
    const char = text[index];
    if (char === undefined || char === "\n") {
      report(at, `This string never ends; add ${quote} before the end of the line.`);
      // A ";" at the end of the line is hardly part of it.
      const rest = /;[ \t\r]*$/.exec(content)?.[0].length ?? 0;
      return { end: index - rest, content: content.slice(0, content.length - rest) };
    }
    if (char === quote) return { end: index + 1, content };
    if (char !== "\\") {
      const point = text.codePointAt(index)!;
      if (point === 0) report(index, "A string cannot hold a zero byte; write \\0.");
      const length = point > 0xffff ? 2 : 1;
      content += utf8(text.slice(index, index + length));
      index += length;
      continue;
    }
    const found = readEscape(text, index + 1);
    if (found === undefined) {
      report(index, `"\\${text[index + 1] ?? ""}" is not an escape; write \\\\ for a backslash.`);
      index += 1;
    } else {
      content += found.content;
      index += 1 + found.length;
    }
  }
}

function readEscape(text: string, at: number): { content: string; length: number } | undefined {
  const rest = text.slice(at, at + 9);
  const simple = simpleEscapes.get(rest[0] ?? "");
  if (simple !== undefined) return { content: simple, length: 1 };
  const octal = /^[0-7]{1,3}/.exec(rest)?.[0];
  if (octal !== undefined)
    return { content: String.fromCharCode(Number.parseInt(octal, 8) & 0xff), length: octal.length };
  const hex = /^[xX]([0-9A-Fa-f]{1,2})/.exec(rest);
  if (hex) return { content: String.fromCharCode(Number.parseInt(hex[1]!, 16)), length: hex[0].length };
  const unicode = /^(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8}))/.exec(rest);
  if (unicode === null) return undefined;
  const point = Number.parseInt((unicode[1] ?? unicode[2])!, 16);
  return point > 0x10ffff
    ? undefined
    : { content: utf8(String.fromCodePoint(point)), length: unicode[0].length };
}

/** One char per UTF-8 byte, so that text and raw escapes can stand in the same string. */
function utf8(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
