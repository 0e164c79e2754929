import type { Field, ScalarType, Schema, ValueType } from "../schema/index.ts";
import type { ChangeKind } from "./change.ts";

/** Scalars that are read as each other; a value too large for the new type loses its upper bits. */
const wireGroups: readonly (readonly ScalarType[])[] = [
  ["int32", "uint32", "int64", "uint64", "bool"],
  ["sint32", "sint64"],
  ["fixed32", "sfixed32"],
  ["fixed64", "sfixed64"],
];

/** Of them, those that look the same in JSON, where 64-bit integers are texts. */
const jsonGroups: readonly (readonly ScalarType[])[] = [
  ["int32", "uint32"],
  ["int64", "uint64"],
  ["fixed32", "sfixed32"],
  ["fixed64", "sfixed64"],
];

/** What the comparison of types has to know of the two schemas. */
export interface TypeScope {
  readonly before: Pick<Schema, "enums">;
  readonly after: Pick<Schema, "enums">;
  /** Full name of a type -> the one it has now, when its file's package has another name. */
  newName(typeName: string): string;
  /** Whom it breaks that a message or enum stands where another one stood; undefined when it is the same one. */
  becomes(before: string, after: string): ChangeKind | undefined;
}

/** Whom a change of a type breaks; undefined when it is none. */
export function typeChange(before: ValueType, after: ValueType, scope: TypeScope): ChangeKind | undefined {
  if (before.kind === "scalar" && after.kind === "scalar") return scalarChange(before.scalar, after.scalar);
  if (before.kind === "message" && after.kind === "message")
    return before.delimited === after.delimited ? scope.becomes(before.typeName, after.typeName) : "wire";
  if (before.kind !== "enum" || after.kind !== "enum") return "wire";
  return scope.becomes(before.typeName, after.typeName);
}

function scalarChange(before: ScalarType, after: ScalarType): ChangeKind | undefined {
  if (before === after) return undefined;
  const isIn = (groups: readonly (readonly ScalarType[])[]) =>
    groups.some((group) => group.includes(before) && group.includes(after));
  if (isIn(jsonGroups)) return "source";
  // Bytes that are no UTF-8 are no string, so not the other way round.
  return isIn(wireGroups) || (before === "string" && after === "bytes") ? "json" : "wire";
}

/** `map<string, int32>`, `repeated shop.Item`, `string`. */
export function typeText({ type, cardinality, mapKey }: Field): string {
  const value = type.kind === "scalar" ? type.scalar : type.typeName;
  if (cardinality === "map") return `map<${mapKey}, ${value}>`;
  return cardinality === "repeated" ? `repeated ${value}` : value;
}
