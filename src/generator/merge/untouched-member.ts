import { Node, ts } from "./compiler.ts";
import type { HandlerMember, HandlerShape } from "./handler-shape.ts";
import type { HandlerBody } from "./locate-handlers.ts";
import { type MemberBody, type MemberNames, memberCode } from "./member-code.ts";
import type { OpenFile } from "./open-file.ts";
import type { Splice } from "./splice.ts";

/** What an earlier run may have written for an rpc. */
export interface WrittenMember {
  readonly handler: HandlerShape;
  readonly member: HandlerMember;
  /** What it does: throw, or forward. */
  readonly bodies: readonly MemberBody[];
  /** The rpc's comment as generated code had it; empty for none. */
  readonly doc: string;
}

/**
 * Whether a member is what micro-gen wrote, and nobody changed a letter of it or put a comment to it. White space does
 * not count: formatters change it.
 */
export function isUntouched(node: Node, { text, imports }: OpenFile, written: WrittenMember): boolean {
  if (!Node.isMethodDeclaration(node)) return false;
  const docs = node.getJsDocs();
  const outside = (ts.getLeadingCommentRanges(text, node.getPos()) ?? []).filter(
    ({ pos }) => !docs.some((doc) => doc.getPos() <= pos && pos < doc.getEnd()),
  );
  if (outside.length > 0 || bare(docs.map((doc) => doc.getText()).join("")) !== bare(written.doc))
    return false;
  const local = (module: string, name: string): string => imports.localsOf(module, name)[0] ?? name;
  const names: MemberNames = { type: local, value: local };
  const { member, handler } = written;
  const plain = { ...member, method: { ...member.method, comment: undefined, deprecated: false } };
  const style = { indent: "", unit: "", newline: "\n", semicolon: ";" };
  const own = bare(node.getText());
  return written.bodies.some((body) => {
    const code = bare(memberCode(handler, plain, body, names, style));
    return own === code || own === code.replace(/;\}$/, "}");
  });
}

/** Takes a member away, with the white space in front of it and, in an object, the comma behind it. */
export function withoutMember(node: Node, body: HandlerBody, text: string): Splice {
  const start = Node.isJSDocable(node) ? node.getStart(true) : node.getStart();
  const at = text.slice(0, start).trimEnd().length;
  const comma = Node.isObjectLiteralExpression(body)
    ? (/^\s*,/.exec(text.slice(node.getEnd()))?.[0].length ?? 0)
    : 0;
  const members: Node[] = Node.isObjectLiteralExpression(body) ? [] : body.getMembers();
  const index = members.indexOf(node);
  const isBetween = index > 0 && index < members.length - 1 && isOpenField(members[index - 1] as Node);
  return { at, end: node.getEnd() + comma, insert: isBetween ? ";" : "" };
}

/** A field that only the line end ends: what comes behind it may go on with it. */
export function isOpenField(member: Node): boolean {
  return Node.isPropertyDeclaration(member) && !member.getText().endsWith(";");
}

function bare(code: string): string {
  return code.replace(/\s+/g, "");
}
