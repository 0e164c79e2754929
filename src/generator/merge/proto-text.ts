import { type Comment, scan, type Token } from "../schema/scan.ts";
import type { Splice } from "./splice.ts";
import { indentAt, styleOf } from "./text-style.ts";

/** A declaration in a .proto text. Offsets are UTF-16 units. */
export interface Declaration {
  /** Of its keyword. */
  readonly at: number;
  /** Behind its `}` or `;`. */
  readonly end: number;
  /** Behind its `{`, and at its `}`; undefined for one without a block. */
  readonly block: { readonly start: number; readonly end: number } | undefined;
  /** A comment stands in front of it or inside. */
  readonly hasComment: boolean;
}

/** What an rpc says: `rpc Goodbye(GoodbyeRequest) returns (stream GoodbyeResponse);` */
export interface RpcText {
  readonly name: string;
  readonly request: string;
  readonly response: string;
  readonly takesStream: boolean;
  readonly givesStream: boolean;
}

/** The declaration `service Desk`, `message Ask` at the top of a file; undefined for none. */
export function findDeclaration(
  text: string,
  keyword: "service" | "message" | "enum",
  name: string,
): Declaration | undefined {
  return declarationsIn(text, scan(text).tokens).find((one) => one.keyword === keyword && one.name === name);
}

/** An rpc of a service at the top of a file; undefined for none. */
export function findRpc(text: string, service: string, rpc: string): Declaration | undefined {
  const outer = findDeclaration(text, "service", service);
  if (outer?.block === undefined) return undefined;
  const { start, end } = outer.block;
  const inside = scan(text).tokens.filter((token) => token.at >= start && token.end <= end);
  return declarationsIn(text, inside).find((one) => one.keyword === "rpc" && one.name === rpc);
}

/** Names of everything declared at the top of a file, with their keywords: `service Desk`. */
export function declaredAtTop(text: string): string[] {
  return declarationsIn(text, scan(text).tokens)
    .filter(({ keyword }) => ["service", "message", "enum", "extend"].includes(keyword))
    .map(({ keyword, name }) => `${keyword} ${name}`);
}

/** Adds an rpc behind everything else in its service. */
export function addRpc(text: string, service: Declaration, rpc: RpcText): Splice {
  const { newline, indent: unit } = styleOf(text);
  const block = service.block ?? { start: service.end, end: service.end };
  const inside = text.slice(block.start, block.end);
  const outer = indentAt(text, service.at);
  const first = /\n([ \t]+)(?=\S)/.exec(inside)?.[1];
  const at = block.start + inside.trimEnd().length;
  // A comment there is not about the new rpc.
  const last = scan(text).tokens.findLast((token) => token.end <= block.end && token.end >= block.start);
  const blank = /\n[ \t]*\/[/*]/.test(text.slice(last?.end ?? block.start, at)) ? newline : "";
  const tail = inside.slice(inside.trimEnd().length).includes("\n") ? "" : newline + outer;
  return { at, insert: `${newline}${blank}${first ?? outer + unit}${rpcCode(rpc)}${tail}` };
}

export function rpcCode({ name, request, response, takesStream, givesStream }: RpcText): string {
  const type = (name: string, isStream: boolean) => `(${isStream ? "stream " : ""}${name})`;
  return `rpc ${name}${type(request, takesStream)} returns ${type(response, givesStream)};`;
}

/** Adds declarations with a blank line in front of each, behind another one or at the end. */
export function addDeclarations(
  text: string,
  behind: Declaration | undefined,
  codes: readonly string[],
): Splice | undefined {
  if (codes.length === 0) return undefined;
  const { newline } = styleOf(text);
  const at = behind === undefined ? text.trimEnd().length : behindComment(text, behind.end);
  const own = codes.map((code) => newline + newline + code.replaceAll("\n", newline)).join("");
  const end = behind === undefined && at === text.length ? newline : "";
  return { at, insert: (at === 0 ? own.trimStart() : own) + end };
}

/** Adds an import behind the others, else behind `package` or `syntax`. */
export function addImport(text: string, path: string): Splice {
  const { newline } = styleOf(text);
  const { tokens } = scan(text);
  const statements = ["import", "package", "syntax", "edition"].map((keyword) =>
    lastStatement(tokens, keyword),
  );
  const code = `import ${JSON.stringify(path)};`;
  const [imports, ...others] = statements.map((end) =>
    end === undefined ? undefined : behindComment(text, end),
  );
  if (imports !== undefined) return { at: imports, insert: newline + code };
  const at = others.find((end) => end !== undefined);
  return at === undefined ? { at: 0, insert: code + newline } : { at, insert: newline + newline + code };
}

/** Behind a comment that ends the line. */
function behindComment(text: string, end: number): number {
  return end + (/^[ \t]*\/\/[^\r\n]*/.exec(text.slice(end))?.[0].length ?? 0);
}

/** Takes a declaration away, with the white space in front of it. */
export function withoutDeclaration(text: string, { at, end }: Declaration): Splice {
  const start = text.slice(0, at).trimEnd().length;
  return { at: start, end, insert: "" };
}

function lastStatement(tokens: readonly Token[], keyword: string): number | undefined {
  let depth = 0;
  let found: number | undefined;
  for (const [index, token] of tokens.entries()) {
    if (token.text === "{" && token.kind === "symbol") depth++;
    if (token.text === "}" && token.kind === "symbol") depth--;
    const begins = index === 0 || isSymbol(tokens[index - 1], ";") || isSymbol(tokens[index - 1], "}");
    if (depth === 0 && begins && token.kind === "name" && token.text === keyword)
      found = tokens.slice(index).find((one) => isSymbol(one, ";"))?.end;
  }
  return found;
}

interface Named extends Declaration {
  readonly keyword: string;
  readonly name: string;
}

/** Statements of one level: from a keyword to its `;` or block. */
function declarationsIn(text: string, tokens: readonly Token[]): Named[] {
  const found: Named[] = [];
  for (let index = 0; index < tokens.length; ) {
    const first = tokens[index] as Token;
    let depth = 0;
    let open: Token | undefined;
    let next = index;
    let last = first;
    for (; next < tokens.length; next++) {
      const token = tokens[next] as Token;
      if (token.kind === "end") break;
      last = token;
      if (isSymbol(token, "{")) {
        depth++;
        open ??= token;
      } else if (isSymbol(token, "}")) depth--;
      if (depth <= 0 && (isSymbol(token, ";") || isSymbol(token, "}"))) break;
    }
    const inside = tokens.slice(index, next + 1);
    if (first.kind === "name")
      found.push({
        keyword: first.text,
        name: tokens[index + 1]?.text ?? "",
        at: first.at,
        end: last.end,
        block: open === undefined ? undefined : { start: open.end, end: last.at },
        hasComment: inside.some(({ comments, at }, nth) =>
          comments.some((one) => nth > 0 || isAbout(text, tokens[index - 1]?.end, one, at)),
        ),
      });
    index = Math.max(next, index) + 1;
  }
  return found;
}

/** Not the end of the line of the statement before, nor set apart by a blank line. */
function isAbout(text: string, before: number | undefined, comment: Comment, at: number): boolean {
  const startsLine = before === undefined || text.slice(before, comment.at).includes("\n");
  return startsLine && !/\n[ \t\r]*\n/.test(text.slice(comment.end, at));
}

function isSymbol(token: Token | undefined, text: string): boolean {
  return token?.kind === "symbol" && token.text === text;
}
