import type { Field } from "../../schema/schema.ts";

const NULL_VALUE = "google.protobuf.NullValue";
const VALUE = "google.protobuf.Value";

/** Fields for which JSON's null is a value instead of absence. */
export function takesNull({ type }: Field): boolean {
  return type.kind !== "scalar" && (type.typeName === NULL_VALUE || type.typeName === VALUE);
}

export function isNullValue({ type }: Field): boolean {
  return type.kind === "enum" && type.typeName === NULL_VALUE;
}
