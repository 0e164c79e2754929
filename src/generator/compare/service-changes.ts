import type { HttpBinding, Method, ServiceDef } from "../schema/index.ts";
import { type ChangeKind, type ChangeRules, isAtLeast, type Pair } from "./change.ts";
import type { TypeScope } from "./compatible-types.ts";

/** Rules about services that were there before. */
export const serviceChanges: ChangeRules<Pair<ServiceDef>> = {
  "rpc-deleted"({ before, after }, report) {
    for (const { name, fullName } of before.methods) {
      if (after.methods.some((method) => method.name === name)) continue;
      report({
        kind: "wire",
        name: fullName,
        position: after.position,
        what: `Rpc ${name} of ${after.fullName} is gone`,
        consequence: "Whoever calls it is answered Unimplemented.",
        remedy: "Keep it, marked as deprecated, until nobody calls it.",
      });
    }
  },
};

/** Two versions of one rpc. */
export interface MethodPair extends Pair<Method> {
  readonly scope: TypeScope;
}

/** Rules about rpcs that were there before. */
export const methodChanges: ChangeRules<MethodPair> = {
  "rpc-request-type"({ before, after, scope }, report) {
    const kind = scope.becomes(before.input, after.input);
    if (kind === undefined) return;
    report({
      kind,
      name: before.fullName,
      position: after.position,
      what: `Rpc ${before.fullName} took ${before.input} and takes ${after.input}`,
      consequence: otherMessage[kind] ?? "Requests of old clients are read as another message.",
      remedy: isAtLeast(kind, "json") ? "Add an rpc for the new request." : undefined,
    });
  },

  "rpc-response-type"({ before, after, scope }, report) {
    const kind = scope.becomes(before.output, after.output);
    if (kind === undefined) return;
    report({
      kind,
      name: before.fullName,
      position: after.position,
      what: `Rpc ${before.fullName} returned ${before.output} and returns ${after.output}`,
      consequence: otherMessage[kind] ?? "Old clients read the response as another message.",
      remedy: isAtLeast(kind, "json") ? "Add an rpc for the new response." : undefined,
    });
  },

  "rpc-streaming"({ before, after }, report) {
    if (before.kind === after.kind) return;
    report({
      kind: "wire",
      name: before.fullName,
      position: after.position,
      what: `Rpc ${before.fullName} was ${kinds[before.kind]} and is ${kinds[after.kind]}`,
      consequence: "Calls of old clients fail.",
      remedy: "Add an rpc for the new kind.",
    });
  },

  "rpc-idempotency"({ before, after }, report) {
    if (before.idempotency === after.idempotency) return;
    report({
      kind: "wire",
      name: before.fullName,
      position: after.position,
      what: `Rpc ${before.fullName} was of idempotency ${before.idempotency} and is ${after.idempotency}`,
      consequence: "Clients repeat calls, or make them by GET, as the old schema allows.",
      remedy: "Keep the level, or add an rpc.",
    });
  },

  "rpc-http"({ before, after }, report) {
    const kept = new Set(after.http.map(bindingText));
    for (const binding of before.http) {
      if (kept.has(bindingText(binding))) continue;
      report({
        kind: "json",
        name: before.fullName,
        position: after.position,
        what: `Rpc ${before.fullName} is no longer bound to ${bindingText(binding)}`,
        consequence: "Whoever calls it by that path is answered 404, or is understood differently.",
        remedy: "Keep the binding; new ones can be additional_bindings.",
      });
    }
  },
};

/** What it does that an rpc has another message, when that is not read as something else. */
const otherMessage: Readonly<Partial<Record<ChangeKind, string>>> = {
  json: "The binary form is read as before, its JSON looks different.",
  source: "What is sent is read as before; code that names the message no longer compiles.",
};

const kinds: Readonly<Record<Method["kind"], string>> = {
  unary: "unary",
  serverStream: "a stream of responses",
  clientStream: "a stream of requests",
  bidiStream: "a stream both ways",
};

/** `GET /v1/items/{id}`, `POST /v1/items (body "*")`. */
function bindingText({ method, path, body, responseBody }: HttpBinding): string {
  const more = [
    ...(body === undefined ? [] : [`body "${body}"`]),
    ...(responseBody === undefined ? [] : [`response_body "${responseBody}"`]),
  ];
  return `${method} ${path}${more.length === 0 ? "" : ` (${more.join(", ")})`}`;
}
