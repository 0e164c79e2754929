import { slotsOf } from "../emit/field-plan.ts";
import type { Field, Message, Method, Schema } from "../schema/schema.ts";

/** Enough for a test to show that values arrive. */
const MAX_SAMPLES = 4;

/** What a starter handler does with one method: which fields it copies, and a request that shows it. */
export interface AnswerPlan {
  /** Fields of the same name and type in request and response, in the request's order. */
  readonly copied: readonly CopiedField[];
  /** The copied fields a test can compare, with a value to send. */
  readonly samples: readonly (CopiedField & Sample)[];
}

export interface CopiedField {
  /** Property of the request: `snakeCase`. */
  readonly from: string;
  /** Property of the response. */
  readonly to: string;
}

/** A value for a plain field: what a test or a first call can send. */
export interface Sample {
  readonly field: Field;
  /** As TypeScript: `"Ada"`, `1`, `1n`, `true`. */
  readonly code: string;
  /** As JSON. */
  readonly json: string | number | boolean;
}

/** Pure: the same schema gives the same plan. */
export function planAnswer(schema: Schema, method: Method): AnswerPlan {
  const inputs = plainFields(schema, method.input);
  const outputs = plainFields(schema, method.output);
  const pairs = inputs.flatMap((input) => {
    const output = outputs.find(({ field }) => field.name === input.field.name);
    if (output === undefined || typeKey(input.field) !== typeKey(output.field)) return [];
    return [{ from: input.property, to: output.property, field: input.field }];
  });
  return {
    copied: pairs,
    samples: pairs
      .flatMap((pair) => {
        const sample = sampleOf(pair.field);
        return sample === undefined ? [] : [{ ...pair, ...sample }];
      })
      .slice(0, MAX_SAMPLES),
  };
}

/** Values for the plain fields of a message. */
export function sampleFields(schema: Schema, typeName: string): Sample[] {
  return plainFields(schema, typeName).flatMap(({ field }) => sampleOf(field) ?? []);
}

/** Fields outside of oneofs: the value of a oneof depends on which case is set, which is left to the author. */
function plainFields(
  schema: Schema,
  typeName: string,
): { readonly property: string; readonly field: Field }[] {
  const message = ownMessage(schema, typeName);
  if (message === undefined) return [];
  return slotsOf(message).flatMap((slot) => (slot.kind === "field" ? [slot] : []));
}

/** Messages of google.protobuf have TypeScript types of their own, so their fields are not looked into. */
function ownMessage(schema: Schema, typeName: string): Message | undefined {
  return typeName.startsWith("google.protobuf.") ? undefined : schema.messages.get(typeName);
}

function typeKey({ type, cardinality, mapKey }: Field): string {
  return [cardinality, mapKey, type.kind, type.kind === "scalar" ? type.scalar : type.typeName].join(" ");
}

function sampleOf(field: Field): Sample | undefined {
  if (field.cardinality !== "singular" || field.type.kind !== "scalar") return undefined;
  switch (field.type.scalar) {
    case "string": {
      const text = field.name === "name" ? "Ada" : field.name.replace(/[^A-Za-z0-9]+/g, " ").trim() || "text";
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
