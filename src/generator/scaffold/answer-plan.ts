import type { Field, Message, Method, Schema } from "../schema/schema.ts";

/** What a starter handler does with one method: which fields it copies, and a request that shows it. */
export interface AnswerPlan {
  /** Fields of the same name and type in request and response, in the request's order. */
  readonly copied: readonly Field[];
  /** The copied fields a test can compare, with a value to send. */
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly field: Field;
  /** As TypeScript: `"name"`, `1`, `1n`, `true`. */
  readonly code: string;
  /** As JSON. */
  readonly json: string | number | boolean;
}

/** Pure: the same schema gives the same plan. */
export function planAnswer(schema: Schema, method: Method): AnswerPlan {
  const input = messageOf(schema, method.input);
  const output = messageOf(schema, method.output);
  const copied = input === undefined || output === undefined ? [] : commonFields(input, output);
  return { copied, samples: copied.flatMap((field) => sampleOf(field) ?? []) };
}

/** Values for the plain fields of a message: what a first call or a form can send. */
export function sampleFields(schema: Schema, typeName: string): Sample[] {
  return (messageOf(schema, typeName)?.fields ?? []).flatMap((field) => sampleOf(field) ?? []);
}

/** Messages of google.protobuf have TypeScript types of their own, so their fields are not looked into. */
function messageOf(schema: Schema, typeName: string): Message | undefined {
  return typeName.startsWith("google.protobuf.") ? undefined : schema.messages.get(typeName);
}

function commonFields(input: Message, output: Message): Field[] {
  return input.fields.filter((field) => {
    if (field.oneof !== undefined) return false; // its value depends on which case is set: left to the author
    const other = output.fields.find(({ name }) => name === field.name);
    return other !== undefined && other.oneof === undefined && typeKey(field) === typeKey(other);
  });
}

function typeKey({ type, cardinality, mapKey }: Field): string {
  return [cardinality, mapKey, type.kind, type.kind === "scalar" ? type.scalar : type.typeName].join(" ");
}

function sampleOf(field: Field): Sample | undefined {
  if (field.cardinality !== "singular" || field.oneof !== undefined || field.type.kind !== "scalar")
    return undefined;
  switch (field.type.scalar) {
    case "string": {
      const text = field.name === "name" ? "Ada" : field.jsonName.replace(/[^A-Za-z0-9]+/g, "") || "text";
      return { field, code: JSON.stringify(text), json: text };
    }
    case "bool":
      return { field, code: "true", json: true };
    case "bytes":
      return undefined;
    case "int64":
    case "uint64":
    case "sint64":
    case "fixed64":
    case "sfixed64":
      return { field, code: "1n", json: "1" };
    default:
      return { field, code: "1", json: 1 };
  }
}
