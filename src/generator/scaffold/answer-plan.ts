import { type Slot, slotsOf } from "../emit/field-plan.ts";
import type { Field, Message, Method, Schema } from "../schema/schema.ts";

/** Enough for a test to show that values arrive. */
const MAX_SAMPLES = 4;

/** What a starter handler does with one method: which fields it copies, and a request that shows it. */
export interface AnswerPlan {
  /** Fields and oneofs of the same name and type in request and response, in the request's order. */
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
  const outputs = slots(schema, method.output);
  const pairs = slots(schema, method.input).flatMap((input) => {
    const output = outputs.find((candidate) => nameOf(candidate) === nameOf(input));
    return output !== undefined && takes(output, input)
      ? [{ from: input.property, to: output.property, slot: input }]
      : [];
  });
  return {
    copied: pairs,
    samples: pairs
      .flatMap((pair) => {
        const sample = pair.slot.kind === "field" ? sampleOf(pair.slot.field) : undefined;
        return sample === undefined ? [] : [{ ...pair, ...sample }];
      })
      .slice(0, MAX_SAMPLES),
  };
}

/** Values for the plain fields of a message. */
export function sampleFields(schema: Schema, typeName: string): Sample[] {
  return slots(schema, typeName).flatMap((slot) =>
    slot.kind === "field" ? (sampleOf(slot.field) ?? []) : [],
  );
}

function slots(schema: Schema, typeName: string): Slot[] {
  const message = ownMessage(schema, typeName);
  return message === undefined ? [] : slotsOf(message);
}

function nameOf(slot: Slot): string {
  return slot.kind === "field" ? slot.field.name : slot.oneof.name;
}

/** Whether the value of `input` is one of `output`: a oneof may have more members than the one it takes. */
function takes(output: Slot, input: Slot): boolean {
  if (output.kind === "field")
    return input.kind === "field" && typeKey(output.field) === typeKey(input.field);
  if (input.kind === "field") return false;
  return input.members.every(({ name, field }) =>
    output.members.some((member) => member.name === name && typeKey(member.field) === typeKey(field)),
  );
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
