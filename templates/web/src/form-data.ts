import type { JsonValue } from "@micro-service/runtime/protobuf";

/** One question of the form. */
export interface FormField {
  /** Name of the field in proto3 JSON. Empty: the whole request. */
  readonly name: string;
  readonly label: string;
  /** `json` is for everything that is more than one value. */
  readonly kind: "text" | "number" | "checkbox" | "select" | "json";
  readonly hint?: string;
  readonly options?: readonly string[];
}

/** The request a submitted form stands for. Fields left empty are left out. Throws SyntaxError for bad JSON. */
export function readForm(fields: readonly FormField[], values: URLSearchParams): JsonValue {
  const entries: [string, JsonValue][] = [];
  for (const { name, kind } of fields) {
    const text = values.get(name) ?? "";
    if (text === "") continue;
    const value = kind === "checkbox" ? true : kind === "json" ? (JSON.parse(text) as JsonValue) : text;
    if (name === "") return value;
    entries.push([name, value]);
  }
  return Object.fromEntries(entries);
}
