import { methodName } from "../emit/naming.ts";
import type { Method } from "../schema/schema.ts";
import { Node } from "./compiler.ts";
import type { HandlerMember, HandlerShape } from "./handler-shape.ts";
import {
  bodiesOf,
  type HandlerBody,
  hasMember,
  instanceTypeOf,
  needsChecker,
  ownMember,
} from "./locate-handlers.ts";
import { type MemberBody, memberCode, unwritten } from "./member-code.ts";
import { isOfKind } from "./member-kind.ts";
import type { MergeNote } from "./merge-note.ts";
import { noteAt, type OpenFile, type OpenFiles } from "./open-file.ts";
import type { Splice } from "./splice.ts";
import { indentAt, styleOf } from "./text-style.ts";
import { isOpenField, isUntouched, withoutMember } from "./untouched-member.ts";

/** A proto service whose handlers are brought in step. */
export interface HandlerToFit extends HandlerShape {
  /** The service when micro-gen ran last; undefined when nobody knows. */
  readonly before?: HandlerShape | undefined;
  /** The text of its generated module then, for the comments. */
  readonly textBefore?: string | undefined;
  /** What to do about an rpc that is gone, by its full name; `remove this member` without. */
  readonly advice?: ReadonlyMap<string, string> | undefined;
}

/** How members are written in one service. */
export interface FitStyle {
  /** Wire name, in whose name new members throw: `go.micro.srv.greeter`. */
  readonly service: string;
  /** New members forward to a client where the class has one: an API. */
  readonly forwards: boolean;
  /** Files that members may be added to; the others are only read. */
  readonly mayEdit: (path: string) => boolean;
}

/** What was added to a body before: a class may handle two services that share a name. */
export type AddedMembers = Map<HandlerBody, Set<string>>;

/** Adds to a handler what it lacks, and tells or takes away what is of no use any more. */
export function fitBody(
  body: HandlerBody,
  handler: HandlerToFit,
  file: OpenFile,
  files: OpenFiles,
  style: FitStyle,
  added: AddedMembers,
): MergeNote[] {
  const notes: MergeNote[] = [];
  const present = added.get(body) ?? new Set();
  const rewritten = judgeOldMembers(body, handler, file, files, style, notes);
  const checker = needsChecker(body);
  const missing: HandlerMember[] = [];
  for (const member of handler.members) {
    const { property } = member;
    if (present.has(property) || (ownMember(body, property) !== undefined && !rewritten.has(property)))
      continue;
    if (basesOf(body).some((base) => added.get(base)?.has(property))) continue;
    const answer = checker && !rewritten.has(property) ? hasMember(body, property) : "no";
    if (answer === "no") missing.push(member);
    if (answer === "unknown") {
      const message = `whether ${property} of ${handler.fullName} is here cannot be told, because what this extends cannot be resolved; add it if it is not`;
      notes.push(noteAt(file, body.getStart(), message));
    }
  }
  if (missing.length === 0) return notes;
  if (!style.mayEdit(file.path)) {
    const names = missing.map(({ property }) => property).join(", ");
    const message = `the handler of ${handler.fullName} lacks ${names}; micro-gen adds members below src/handler only`;
    return [...notes, noteAt(file, body.getStart(), message)];
  }
  added.set(body, new Set([...present, ...missing.map(({ property }) => property)]));
  file.splices.push(...insertions(body, handler, missing, file, style, present.size === 0));
  return notes;
}

/**
 * Members of rpcs that are gone, or of another kind than before: told at their place, and taken away where micro-gen
 * wrote them and nobody changed them.
 *
 * @returns properties that have to be written anew
 */
function judgeOldMembers(
  body: HandlerBody,
  handler: HandlerToFit,
  file: OpenFile,
  files: OpenFiles,
  style: FitStyle,
  notes: MergeNote[],
): ReadonlySet<string> {
  const rewritten = new Set<string>();
  const { before, members, textBefore, advice } = handler;
  if (before === undefined) return rewritten;
  for (const old of before.members) {
    const { name, kind, fullName } = old.method;
    const now = members.find(({ property }) => property === old.property)?.method;
    if (now?.kind === kind && now.fullName === fullName) continue;
    const own = ownMember(body, old.property);
    const isOurs =
      own !== undefined &&
      style.mayEdit(file.path) &&
      isUntouched(own, file, {
        handler: before,
        member: old,
        bodies: memberBodies(body, handler, file, style),
        doc: docOf(textBefore ?? "", before.handler, methodName(name), body),
      });
    if (now?.kind === kind) {
      if (isOurs)
        file.splices.push(...renameInside(own, unwritten(before.fullName, old.method), handler, now));
      continue;
    }
    if (isOurs) {
      file.splices.push(withoutMember(own, body, file.text));
      file.imports.release(own);
      if (now !== undefined) rewritten.add(old.property);
      continue;
    }
    const told = own === undefined ? inheritedMember(body, old.property, files) : { node: own, file };
    if (told === undefined) continue;
    if (now !== undefined && isOfKind(told.node, now, old.method)) continue;
    const what =
      now === undefined
        ? `rpc ${name} is no longer in ${handler.fullName}; ${advice?.get(fullName) ?? "remove this member, or rename it"}`
        : `rpc ${now.name} now has ${kinds[now.kind]}; change this member`;
    notes.push(noteAt(told.file, told.node.getStart(), what));
  }
  return rewritten;
}

/** What micro-gen wrote for an rpc says its name, which is another one now. */
function renameInside(node: Node, was: string, { fullName }: HandlerShape, now: Method): Splice[] {
  const start = node.getStart();
  const at = node.getText().indexOf(was);
  if (at === -1) return []; // it forwards, and says nothing
  return [{ at: start + at, end: start + at + was.length, insert: unwritten(fullName, now) }];
}

/** Where a member comes from that a body has and does not write itself; undefined when that is none of the user's files. */
function inheritedMember(body: HandlerBody, property: string, files: OpenFiles) {
  if (!needsChecker(body)) return undefined;
  for (const node of instanceTypeOf(body).getProperty(property)?.getDeclarations() ?? []) {
    const file = files.adopt(node.getSourceFile());
    if (file !== undefined) return { node, file };
  }
  return undefined;
}

/** What a body has members of: classes that it extends, nearest first, or objects that are spread in it. */
export function basesOf(body: HandlerBody): HandlerBody[] {
  const found = new Set<HandlerBody>();
  const visit = (one: HandlerBody): void => {
    for (const base of directBases(one)) {
      if (base === body || found.has(base)) continue; // a class that extends itself
      found.add(base);
      visit(base);
    }
  };
  visit(body);
  return [...found];
}

/** Asked first whether there are any: only then is the type checker needed, which takes longer than all else. */
function directBases(body: HandlerBody): HandlerBody[] {
  if (Node.isObjectLiteralExpression(body))
    return body
      .getProperties()
      .filter(Node.isSpreadAssignment)
      .flatMap((spread) => bodiesOf(spread.getExpression().getType()))
      .filter(Node.isObjectLiteralExpression);
  return body.getExtends() === undefined ? [] : [body.getBaseClass()].filter((base) => base !== undefined);
}

/** The comment of a member of a generated interface, which new members of handlers get, too. */
function docOf(generated: string, name: string, property: string, body: HandlerBody): string {
  const path = "/micro-gen/before.ts";
  const source = body.getProject().createSourceFile(path, generated, { overwrite: true });
  const member = source.getInterface(name)?.getMethod(property);
  const text = (member?.getJsDocs() ?? []).map((doc) => doc.getText()).join("");
  source.forget();
  return text;
}

const kinds = {
  unary: "one request and one response",
  serverStream: "one request and a stream of responses",
  clientStream: "a stream of requests and one response",
  bidiStream: "streams of requests and responses",
} as const;

/** What a member may do: throw, and in an API forward. The first is what a new one does. */
export function memberBodies(
  body: HandlerBody,
  handler: HandlerShape,
  { imports }: OpenFile,
  { service, forwards }: FitStyle,
): readonly [MemberBody, ...MemberBody[]] {
  const client =
    forwards && !Node.isObjectLiteralExpression(body)
      ? clientField(body, imports.localsOf(handler.module, handler.client))
      : undefined;
  const throws: MemberBody = { unimplemented: service };
  return client === undefined ? [throws] : [{ forwardTo: `this.${client}` }, throws];
}

/** New members behind everything else in the body, comments included. */
function insertions(
  body: HandlerBody,
  handler: HandlerShape,
  missing: readonly HandlerMember[],
  file: OpenFile,
  style: FitStyle,
  isFirst: boolean,
): Splice[] {
  const { text, imports, source, splices } = file;
  const { newline, indent: unit } = styleOf(text);
  const isObject = Node.isObjectLiteralExpression(body);
  const present: Node[] = isObject ? body.getProperties() : body.getMembers();
  const outer = indentAt(text, body.getStart());
  const first = present.find((member) => /^[ \t]*$/.test(lineBefore(text, member.getStart())));
  const indent = first === undefined ? outer + unit : indentAt(text, first.getStart());
  const step = indent.startsWith(outer) && indent.length > outer.length ? indent.slice(outer.length) : unit;
  const semicolon = source.getImportDeclarations().some((line) => !line.getText().endsWith(";")) ? "" : ";";
  const [content] = memberBodies(body, handler, file, style);
  const codes = missing.map((member) =>
    memberCode(handler, member, content, imports, { indent, unit: step, newline, semicolon }),
  );

  const close = body.getEnd() - 1;
  const at = text.slice(0, close).trimEnd().length;
  const stays = present.filter(
    (member) => !splices.some(({ at, end = at }) => at < member.getStart() && member.getEnd() <= end),
  );
  const blank = isObject ? "" : newline;
  const separator = isObject ? `,${newline}` : newline + blank;
  const lead = isFirst && text[at - 1] === "{" && stays.length === 0 ? newline : newline + blank;
  const tail = /\n/.test(text.slice(at, close)) ? "" : newline + outer;
  const found: Splice[] = [];
  const end = stays.at(-1);
  // What follows might be taken for a part of it: of `get`, of `x = 1`.
  if (isFirst && end !== undefined && isOpenField(end)) found.push({ at: end.getEnd(), insert: ";" });
  if (isObject) {
    const last = body.getProperties().at(-1);
    const list = body.compilerNode.properties;
    if (isFirst && last !== undefined && !list.hasTrailingComma && stays.includes(last))
      found.push({ at: last.getEnd(), insert: "," });
  }
  found.push({ at, insert: lead + codes.join(separator) + (isObject ? "," : "") + tail });
  return found;
}

function lineBefore(text: string, offset: number): string {
  return text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
}

/** The name of a field, `#srv`, that holds the service's client. */
function clientField(body: HandlerBody, clientNames: readonly string[]): string | undefined {
  if (Node.isObjectLiteralExpression(body)) return undefined;
  const holds = (node: { getTypeNode(): Node | undefined }) =>
    clientNames.includes(node.getTypeNode()?.getText() ?? "");
  const field = body
    .getInstanceProperties()
    .find((member) => Node.isPropertyDeclaration(member) && holds(member));
  if (field !== undefined) return field.getName();
  return body
    .getConstructors()
    .flatMap((made) => made.getParameters())
    .find((parameter) => parameter.isParameterProperty() && holds(parameter))
    ?.getName();
}
