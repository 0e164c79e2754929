import type { Linked } from "../schema/linked.ts";
import { quoted } from "../schema/quoted.ts";
import { join } from "../schema/symbols.ts";
import { type HttpBindingNode, type HttpText, httpBindings } from "./http-bindings.ts";
import { findHttpField, type HttpField } from "./http-field.ts";
import { parseHttpTemplate } from "./http-template.ts";
import type { MethodTarget, Report, Rules, ServiceTarget } from "./rule.ts";

/** Messages that gateways read from one piece of text. */
const textMessages =
  /^google\.protobuf\.(?:Timestamp|Duration|(?:String|Bytes|Bool|Double|Float|U?Int(?:32|64))Value)$/;

/**
 * How `google.api.http` is written. What grpc-gateway's generator and Envoy's transcoder both refuse is a mistake; what one
 * of them takes is a warning.
 */
export const methodRules: Rules<MethodTarget> = {
  "http-path"(target, report) {
    for (const binding of bindingsOf(target)) {
      if (binding.path === undefined) {
        const message = `This binding has no path; name one, such as get: "/v1/${target.node.name.text.toLowerCase()}".`;
        report(binding.at, message, "warning");
      } else checkPath(target, binding.path, report);
    }
  },

  "http-body"(target, report) {
    for (const { verb, body, responseBody } of bindingsOf(target)) {
      if (body !== undefined && (verb === "GET" || verb === "DELETE")) {
        const message = `grpc-gateway refuses a body of a ${verb}; remove it: all fields can be in the query.`;
        report(body.at, message, "warning");
      }
      checkBody(target, "request", body, report);
      checkBody(target, "response", responseBody, report);
    }
  },
};

export const serviceRules: Rules<ServiceTarget> = {
  "http-conflict"({ linked, file, node, fullName }, report) {
    const taken = new Map<string, string>();
    for (const method of node.methods) {
      for (const { verb, path } of httpBindings(
        linked,
        file,
        join(fullName, method.name.text),
        method.options,
      )) {
        const template = path && parseHttpTemplate(path.text);
        if (path === undefined || template === undefined || "problem" in template) continue;
        const key = `${verb} ${template.shape}`;
        const other = taken.get(key);
        if (other === undefined) {
          taken.set(key, method.name.text);
          continue;
        }
        const who = other === method.name.text ? "an earlier binding" : `rpc ${other}`;
        const message = `${verb} ${path.text} is the path of ${who} too, so only one of them is ever called; change one.`;
        report(path.at, message, "warning");
      }
    }
  },
};

function bindingsOf({ linked, file, node, fullName, isBroken }: MethodTarget): HttpBindingNode[] {
  // Fields may be missing only because they could not be read.
  if (isBroken || linked.isIncomplete(file)) return [];
  return httpBindings(linked, file, fullName, node.options);
}

function checkPath({ linked, file, node }: MethodTarget, { text, at }: HttpText, report: Report): void {
  // Behind the quotes, unless the text is written in pieces or with escapes.
  const place = (offset: number) => (file.text.startsWith(text, at + 1) ? at + 1 + offset : at);
  const warn = (offset: number, message: string) => report(place(offset), message, "warning");
  const template = parseHttpTemplate(text);
  if ("problem" in template) {
    report(place(template.at), `The path ${quoted(text)} ${template.problem}.`);
    return;
  }
  const { variables, earlyRestAt, unusualAt } = template;
  if (earlyRestAt !== undefined)
    warn(earlyRestAt, `Not every gateway takes "**" before the end of a path; end with it.`);
  if (unusualAt !== undefined)
    warn(
      unusualAt,
      `Not every gateway takes ";", "=", ":" or "%" in a part of a path; use letters, digits and dashes.`,
    );
  if (variables[0] !== undefined && node.clientStreaming)
    warn(variables[0].at, "grpc-gateway refuses a variable in the path of a stream of requests; remove it.");

  const request = linked.target(node.input);
  const bound = new Set<string>();
  for (const { path, at: offset } of variables) {
    if (bound.has(path)) report(place(offset), `"${path}" is in this path twice; remove one.`);
    bound.add(path);
    if (request?.kind !== "message") continue;
    const found = findHttpField(linked, request, path);
    if ("problem" in found) report(place(offset), sentence(found.problem));
    else {
      const verdict = judgeVariable(linked, found, path);
      if (verdict !== undefined) report(place(offset), verdict.message, verdict.severity);
    }
  }
}

/** Why a field cannot stand in a path, or should not. */
function judgeVariable(
  linked: Linked,
  { field, owner }: HttpField,
  path: string,
): { readonly message: string; readonly severity?: "warning" } | undefined {
  const what = `Field "${path}"`;
  if (field.mapKey !== undefined)
    return { message: `${what} is a map, which a path cannot hold; take a field of a simple type.` };
  const type = linked.target(field.type);
  if (type?.kind === "message" && !textMessages.test(type.fullName))
    return { message: `${what} is a message, which a path cannot hold; take one of its fields.` };
  if (field.label === "repeated") {
    const message = `${what} is repeated, which not every gateway takes from a path; take a single field.`;
    return { message, severity: "warning" };
  }
  if (field.label === "optional" && owner.file.edition === "proto3") {
    const message = `${what} is optional, which grpc-gateway refuses in a path; it is always there, so remove "optional".`;
    return { message, severity: "warning" };
  }
  return undefined;
}

function checkBody(
  { linked, node }: MethodTarget,
  side: "request" | "response",
  body: HttpText | undefined,
  report: Report,
): void {
  const message = linked.target(side === "request" ? node.input : node.output);
  if (body === undefined || message?.kind !== "message" || (side === "request" && body.text === "*")) return;
  const found = findHttpField(linked, message, body.text);
  if ("problem" in found) report(body.at, sentence(found.problem, side === "request" ? ` or "*"` : ""));
  else if (body.text.includes(".")) {
    const what = side === "request" ? "body" : "response_body";
    report(
      body.at,
      `"${what}" is for a field of the ${side} itself; not every gateway takes "${body.text}".`,
      "warning",
    );
  }
}

/** Ends with the fix. */
function sentence(problem: string, more = ""): string {
  return problem.endsWith("?") ? problem : `${problem}; name one of its fields${more}.`;
}
