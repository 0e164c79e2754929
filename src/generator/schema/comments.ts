import type { Comment, Token } from "./scan.ts";

/** Comments between two tokens, divided as protoc divides them; texts as `SourceCodeInfo` has them. */
export interface CommentsBetween {
  /** About what ends with the token before. */
  readonly trailing: string | undefined;
  /** About nothing in particular, such as a licence. */
  readonly detached: readonly string[];
  /** About what begins with the token behind. */
  readonly leading: string | undefined;
}

/**
 * Divides the comments in front of `following`. The rules, and so the result, are those of protoc's
 * `Tokenizer::NextWithComments`: a descriptor made by protoc and the .proto text give the same comments.
 *
 * @param previous undefined at the start of the file
 */
export function commentsBetween(
  text: string,
  previous: Token | undefined,
  following: Token,
): CommentsBetween {
  const { comments } = following;
  const [first] = comments;
  if (first === undefined) return noComments;

  let trailing: string | undefined;
  let detached: string[] = [];
  let pending: { readonly text: string; readonly isBlock: boolean } | undefined;
  let mayTrail = previous !== undefined;
  const isBehind = previous !== undefined && !hasNewline(text, previous.end, first.at);
  let at = previous === undefined || isBehind ? (previous?.end ?? 0) : lineBehind(text, previous.end);
  for (const comment of comments) {
    separateAtBlankLine(comment.at);
    if (pending !== undefined && (pending.isBlock || comment.block)) flush();
    const raw = rawText(text, comment);
    pending = { text: (pending?.text ?? "") + raw, isBlock: comment.block };
    if (comment === first && isBehind) flush();
    // A block comment takes the end of its line along, or that line would look blank.
    at = lineBehind(text, comment.end);
  }
  separateAtBlankLine(following.at);
  if (following.kind === "end" || /^[)}\]]$/.test(following.text)) flush();

  // Between two tokens of one line a comment may belong to either.
  const onOneLine =
    previous !== undefined &&
    (!hasNewline(text, previous.end, following.at) ||
      (isBehind && !hasNewline(text, first.end, following.at)));
  const count = detached.length + Number(trailing !== undefined) + Number(pending !== undefined);
  if (onOneLine && following.kind !== "end" && count === 1) {
    if (trailing !== undefined) detached = [trailing, ...detached];
    trailing = undefined;
    mayTrail = false;
    flush();
  }
  return { trailing, detached, leading: pending?.text };

  function flush(): void {
    if (pending === undefined) return;
    if (mayTrail) trailing = pending.text;
    else detached.push(pending.text);
    mayTrail = false;
    pending = undefined;
  }
  function separateAtBlankLine(next: number): void {
    if (!hasNewline(text, at, next)) return;
    flush();
    mayTrail = false;
  }
}

const noComments: CommentsBetween = { trailing: undefined, detached: [], leading: undefined };

function hasNewline(text: string, from: number, to: number): boolean {
  // Not beyond `to`: the whole file may be one line.
  return text.slice(from, to).includes("\n");
}

/** Where the next line begins, when nothing but space is left of this one. */
function lineBehind(text: string, at: number): number {
  lineRest.lastIndex = at;
  return lineRest.test(text) ? lineRest.lastIndex : at;
}
const lineRest = /[ \t\r\v\f]*\n/y;

function rawText(text: string, { at, end, block }: Comment): string {
  if (!block) return `${text.slice(at + 2, end)}\n`;
  return text.slice(at + 2, end - 2).replace(/\n[ \t\r\v\f]*\*?/g, "\n");
}

/**
 * A comment as people mean it, undefined when it says nothing: without the space behind the marks, the third slash of
 * `///`, the second star of `/**` and empty lines around.
 *
 * @param raw as `SourceCodeInfo` has it: `" One.\n   Two.\n"` -> `"One.\n  Two."`
 */
export function tidyComment(raw: string | undefined): string | undefined {
  if (raw === undefined) return undefined;
  const text = raw.startsWith("*") ? raw.replace(/^\*+(?=\s|$)/, "") : raw;
  let result = "";
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf("\n", at);
    const end = newline === -1 ? text.length : newline;
    const line = text.slice(marginAt(text, at, end), end).trimEnd();
    if (result !== "") result += `\n${line}`;
    else if (line !== "") result = line;
    at = end + 1;
  }
  result = result.trimEnd();
  return result === "" ? undefined : result;
}

/** What is behind the third slash of a line and the space in front of its text, as far as there are any. */
function marginAt(text: string, from: number, end: number): number {
  const behind = text.charCodeAt(from) === 47 && from < end ? from + 1 : from;
  const next = behind < end ? text.charCodeAt(behind) : 0;
  return next === 32 || next === 9 ? behind + 1 : behind;
}
