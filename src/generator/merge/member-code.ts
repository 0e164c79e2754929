import { docComment } from "../emit/doc-comment.ts";
import { memberAccess, propertyKey } from "../emit/naming.ts";
import type { Method } from "../schema/schema.ts";
import type { HandlerMember, HandlerShape } from "./handler-shape.ts";

/** Names in the user's file for what a member refers to. */
export interface MemberNames {
  type(module: string, name: string): string;
  value(module: string, name: string): string;
}

export interface MemberStyle {
  /** In front of the member. */
  readonly indent: string;
  /** One level more. */
  readonly unit: string;
  readonly newline: string;
  /** `;`, or nothing where the file has none. */
  readonly semicolon: string;
}

/** What a new member does: throw Unimplemented in the name of a service, or forward to a client (`this.#srv`). */
export type MemberBody = { readonly unimplemented: string } | { readonly forwardTo: string };

const RUNTIME = "@micro-service/runtime";

/** What a member says, as code, that nobody has written yet. */
export function unwritten(service: string, { name }: Pick<Method, "name">): string {
  return JSON.stringify(`${service}.${name} is not written yet`);
}

/** The text of one member, for a class as well as for an object, without a line end behind it. */
export function memberCode(
  { fullName }: HandlerShape,
  { property, method, input, output }: HandlerMember,
  body: MemberBody,
  names: MemberNames,
  { indent, unit, newline, semicolon }: MemberStyle,
): string {
  const forwards = "forwardTo" in body;
  const takesStream = method.kind === "clientStream" || method.kind === "bidiStream";
  const givesStream = method.kind === "serverStream" || method.kind === "bidiStream";
  const request = takesStream ? "requests" : "request";
  const taken = names.type(input.module, input.name);
  const answer = names.type(output.module, output.name);
  const given = forwards ? answer : `${names.type(RUNTIME, "MessageInit")}<${answer}>`;
  const parameter = `${forwards ? "" : "_"}${request}: ${takesStream ? `AsyncIterable<${taken}>` : taken}`;
  // A unary method need not be async, but whoever fills it in mostly wants to await.
  const result = givesStream ? `AsyncIterable<${given}>` : `Promise<${given}>`;
  const statement = forwards
    ? `return ${body.forwardTo}${memberAccess(property)}(${request})`
    : `throw ${names.value(RUNTIME, "notImplemented")}(${JSON.stringify(body.unimplemented)}, ` +
      `${unwritten(fullName, method)})`;
  return [
    ...docComment(method.comment, method.deprecated, indent),
    `${indent}${propertyKey(property)}(${parameter}): ${result} {`,
    `${indent}${unit}${statement}${semicolon}`,
    `${indent}}`,
  ].join(newline);
}
