import { commentsBetween, tidyComment } from "./comments.ts";
import type { ScanError, Token } from "./scan.ts";
import { maxErrors, maxNameLength, scan } from "./scan.ts";
import type { IntegerNode, NameNode } from "./syntax.ts";

/** Walks tokens and remembers what was wrong on the way. */
export interface TokenReader {
  readonly errors: ScanError[];
  /** The next token, not consumed. */
  peek(ahead?: number): Token;
  next(): Token;
  /** Is the next token this symbol or word? */
  at(text: string): boolean;
  /** Consumes the next token when it is this symbol or word. */
  skip(text: string): boolean;
  /** Consumes this symbol or word, or throws. `where` ends the sentence: `after the field number`. */
  expect(text: string, where: string): Token;
  name(what: string): NameNode;
  /** `a.b.C`, and `.a.b.C` when `mayBeAbsolute`. */
  fullName(what: string, mayBeAbsolute?: boolean): NameNode;
  integer(what: string, mayBeNegative?: boolean): IntegerNode;
  /** Neighbouring literals joined; as text. */
  string(what: string): { readonly text: string; readonly bytes: string; readonly at: number };
  /** Reports and throws `Unexpected`; the nearest `recover` goes on. */
  fail(message: string, at?: number): never;
  /** Runs one statement; after a mistake skips to where the next one may begin. */
  recover(parse: () => void): void;
  /** Runs the whole parser, until it ends or has made too many mistakes. */
  run(parse: () => void): void;
  /** Is the text at its end while a block is open? Reports the block's `{`. */
  isUnclosed(open: Token): boolean;
  /** Did a mistake hide the name of a type, or an import? */
  hasLostNames(): boolean;
  /** Comment of the declaration whose first token was `first`; call it when the declaration's head is read. */
  commentOf(first: Token): string | undefined;
}

/** Thrown inside the parser only. */
class Unexpected extends Error {}

/** Thrown when nothing more is told of a file, so that reading on is of no use. */
class TooManyMistakes extends Error {}

export function createTokenReader(text: string): TokenReader {
  const { tokens, errors } = scan(text);
  let index = 0;
  /** Statements around; 1 is the top level. */
  let depth = 0;
  let lostNames = false;

  const peek = (ahead = 0): Token => tokens[Math.min(index + ahead, tokens.length - 1)]!;
  const isWord = (token: Token, word: string) =>
    (token.kind === "symbol" || token.kind === "name") && token.text === word;
  const at = (word: string) => isWord(peek(), word);

  function next(): Token {
    const token = peek();
    if (index < tokens.length - 1) index += 1;
    return token;
  }
  function skip(word: string): boolean {
    const found = at(word);
    if (found) next();
    return found;
  }
  function fail(message: string, position = peek().at): never {
    const isKnown = errors.some((error) => error.at === position);
    if (!isKnown) errors.push({ at: position, message });
    if (errors.length >= maxErrors) throw new TooManyMistakes(message);
    throw new Unexpected(message);
  }
  function expect(word: string, where: string): Token {
    if (at(word)) return next();
    // A missing `;` is best shown where it belongs: behind the previous token.
    const previous = tokens[index - 1];
    const position = word === ";" && previous !== undefined ? previous.end : peek().at;
    return fail(`Expected "${word}" ${where}, found ${describe(peek())}.`, position);
  }
  function name(what: string): NameNode {
    const token = peek();
    if (token.kind !== "name") fail(`Expected ${what}, found ${describe(token)}.`);
    next();
    const [dash, rest] = [peek(), peek(1)];
    if (dash.text === "-" && dash.at === token.end && rest.kind === "name" && rest.at === dash.end)
      fail(`A name has no "-"; write "${token.text}_${rest.text}".`, token.at);
    return { text: token.text, at: token.at };
  }
  function fullName(what: string, mayBeAbsolute = false): NameNode {
    const start = peek().at;
    let result = mayBeAbsolute && skip(".") ? "." : "";
    result += name(what).text;
    while (at(".")) {
      next();
      result += `.${name("a name after the dot").text}`;
      if (result.length > maxNameLength) fail(`This name is longer than ${maxNameLength} characters.`, start);
    }
    return { text: result, at: start };
  }
  function integer(what: string, mayBeNegative = false): IntegerNode {
    const start = peek().at;
    const isNegative = mayBeNegative && skip("-");
    const token = peek();
    if (token.kind !== "integer") fail(`Expected ${what}, found ${describe(token)}.`);
    next();
    const value = toInteger(token.text);
    return { value: isNegative ? -value : value, at: start };
  }
  function string(what: string) {
    const start = peek().at;
    if (peek().kind !== "string") fail(`Expected ${what} in quotes, found ${describe(peek())}.`);
    let bytes = "";
    while (peek().kind === "string") bytes += next().text;
    return { text: Buffer.from(bytes, "latin1").toString("utf8"), bytes, at: start };
  }

  function recover(parse: () => void): void {
    const start = index;
    depth += 1;
    try {
      parse();
    } catch (error) {
      if (!(error instanceof Unexpected)) throw error;
      // Of a broken field only the field is lost.
      if (depth === 1 || namingWords.has(tokens[start]!.text)) lostNames = true;
      skipStatement(start);
    } finally {
      depth -= 1;
    }
  }
  /** To behind the `;` or block that ends the broken statement, or to the `}` that ends the block around it. */
  function skipStatement(start: number): void {
    let braces = 0;
    for (let i = start; i < index; i++) {
      if (isWord(tokens[i]!, "{")) braces += 1;
      else if (isWord(tokens[i]!, "}")) braces -= 1;
    }
    braces = Math.max(braces, 0);
    for (;;) {
      const token = peek();
      if (token.kind === "end") return;
      if (isWord(token, "}")) {
        if (braces === 0) {
          // Never give back the token that the broken statement began with: that would loop.
          if (index === start) next();
          return;
        }
        braces -= 1;
        next();
        if (braces === 0) return;
      } else if (isWord(token, "{")) {
        braces += 1;
        next();
      } else if (braces === 0 && index > start && startsDeclaration(token)) {
        return;
      } else {
        next();
        if (braces === 0 && isWord(token, ";")) return;
      }
    }
  }
  /** A keyword that begins a line begins a declaration: the `;` before it was forgotten. */
  function startsDeclaration(token: Token): boolean {
    if (token.kind !== "name" || !declarationWords.has(token.text)) return false;
    let before = token.at - 1;
    while (before >= 0 && " \t\r\v\f".includes(text[before]!)) before -= 1;
    return before < 0 || text[before] === "\n";
  }

  function run(parse: () => void): void {
    try {
      parse();
    } catch (error) {
      if (!(error instanceof TooManyMistakes)) throw error;
      lostNames = true;
    }
  }

  function isUnclosed(open: Token): boolean {
    if (peek().kind !== "end") return false;
    errors.push({ at: open.at, message: `This "{" is never closed; add "}".` });
    return true;
  }

  function commentOf(first: Token): string | undefined {
    if (first.comments.length > 0) {
      const leading = tidyComment(commentsBetween(text, tokens[indexOf(first) - 1], first).leading);
      if (leading !== undefined) return leading;
    }
    const behind = peek();
    if (behind.comments.length === 0) return undefined;
    return tidyComment(commentsBetween(text, tokens[index - 1], behind).trailing);
  }
  /** Of a token that is a declaration's first one: not far behind, mostly. */
  function indexOf(token: Token): number {
    let found = index;
    while (found > 0 && tokens[found] !== token) found--;
    return found;
  }

  return {
    errors,
    peek,
    next,
    at,
    skip,
    expect,
    name,
    fullName,
    integer,
    string,
    fail,
    recover,
    run,
    isUnclosed,
    hasLostNames: () => lostNames,
    commentOf,
  };
}

const namingWords: ReadonlySet<string> = new Set(["message", "enum", "extend", "export", "local"]);

const declarationWords: ReadonlySet<string> = new Set([
  "message",
  "enum",
  "service",
  "rpc",
  "oneof",
  "extend",
  "import",
  "option",
  "reserved",
  "repeated",
  "optional",
  "required",
  "package",
]);

function describe(token: Token): string {
  if (token.kind === "end") return "the end of the file";
  if (token.kind === "string") return `a string`;
  return `"${token.text}"`;
}

/** `0x1F`, `017`, `31` -> 31n. */
export function toInteger(text: string): bigint {
  return BigInt(/^0[0-7]+$/.test(text) ? `0o${text.slice(1)}` : text);
}

/** First comment of a file when it is not about the first statement. */
export function fileComment(text: string, first: Token): string | undefined {
  return tidyComment(commentsBetween(text, undefined, first).detached[0]);
}
