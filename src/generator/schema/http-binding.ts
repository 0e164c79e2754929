import type { HttpBinding } from "./schema.ts";

const verbs = ["get", "put", "post", "delete", "patch"] as const;

/** Value of `google.api.http` -> its bindings, the main one first. */
export function toHttpBindings(option: unknown): HttpBinding[] {
  if (!isRecord(option)) return [];
  const more = Array.isArray(option.additional_bindings) ? option.additional_bindings : [];
  const own = toBinding(option);
  // Bindings of additional bindings are not allowed, so not looked for.
  return [own, ...more.filter(isRecord).map(toBinding)].filter((binding) => binding !== undefined);
}

function toBinding(rule: Record<string, unknown>): HttpBinding | undefined {
  const body = text(rule.body);
  const responseBody = text(rule.response_body);
  for (const verb of verbs) {
    const path = text(rule[verb]);
    if (path !== undefined) return { method: verb.toUpperCase(), path, body, responseBody };
  }
  const custom = rule.custom;
  if (!isRecord(custom)) return undefined;
  return { method: text(custom.kind) ?? "*", path: text(custom.path) ?? "", body, responseBody };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
