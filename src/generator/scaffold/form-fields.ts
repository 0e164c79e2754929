import type { Field, Schema } from "../schema/schema.ts";

/** One question of the page's form; the shape that `form-data.ts` of a WEB project declares. */
export interface FormFieldData {
  readonly name: string;
  readonly label: string;
  readonly kind: "text" | "number" | "checkbox" | "select" | "json";
  readonly hint?: string;
  readonly options?: readonly string[];
}

/** Messages whose JSON form is one text. */
const TEXT_MESSAGES = new Map([
  ["google.protobuf.Timestamp", "A time: 2026-01-31T12:00:00Z"],
  ["google.protobuf.Duration", "A length of time: 1.5s"],
  ["google.protobuf.FieldMask", "Names of fields: name,address"],
  ["google.protobuf.StringValue", ""],
  ["google.protobuf.BytesValue", "Bytes as base64"],
]);

const MAX_HINT = 120;

/**
 * What a page asks to fill a request: one control per field. A request that is a message of google.protobuf has a JSON
 * form of its own and is asked for as a whole; Empty asks nothing.
 */
export function formFields(schema: Schema, typeName: string): FormFieldData[] {
  if (typeName === "google.protobuf.Empty") return [];
  if (typeName.startsWith("google.protobuf."))
    return [{ name: "", label: "Request", kind: "json", hint: typeName }];
  return (schema.messages.get(typeName)?.fields ?? []).map((field) => formField(schema, field));
}

function formField(schema: Schema, field: Field): FormFieldData {
  const { kind, note, options } = control(schema, field);
  const hint = [firstLine(field.comment), note].find((text) => text !== undefined && text !== "");
  return {
    name: field.jsonName,
    label: label(field.name),
    kind,
    ...(hint !== undefined && { hint: hint.length > MAX_HINT ? `${hint.slice(0, MAX_HINT - 3)}...` : hint }),
    ...(options !== undefined && { options }),
  };
}

interface Control {
  readonly kind: FormFieldData["kind"];
  readonly note?: string;
  readonly options?: readonly string[];
}

function control(schema: Schema, { type, cardinality }: Field): Control {
  if (cardinality === "repeated") return { kind: "json", note: "A list: [...]" };
  if (cardinality === "map") return { kind: "json", note: "An object: {...}" };
  switch (type.kind) {
    case "scalar":
      if (type.scalar === "bool") return { kind: "checkbox" };
      if (type.scalar === "string") return { kind: "text" };
      return type.scalar === "bytes" ? { kind: "text", note: "Bytes as base64" } : { kind: "number" };
    case "enum": {
      if (type.typeName === "google.protobuf.NullValue") return { kind: "json", note: "null" };
      return {
        kind: "select",
        options: schema.enums.get(type.typeName)?.values.map(({ name }) => name) ?? [],
      };
    }
    case "message": {
      const note = TEXT_MESSAGES.get(type.typeName);
      if (note !== undefined) return { kind: "text", note };
      return { kind: "json", note: `${type.typeName} as JSON` };
    }
  }
}

/** `order_id` -> `Order id`. */
function label(name: string): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[_\s]+/)
    .filter((word) => word !== "")
    .join(" ")
    .toLowerCase();
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** What a comment says first, for where one line has to do. */
export function firstLine(comment: string | undefined): string | undefined {
  return comment
    ?.split("\n")
    .map((line) => line.trim())
    .find((line) => line !== "");
}
