import type { Enum, Field, ScalarType, ValueType } from "../schema/index.ts";
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
  /** Full name of a type -> the one it has now, when its file's package has another name. */
  newName(typeName: string): string;
  readonly enumsBefore: ReadonlyMap<string, Enum>;
  readonly enumsAfter: ReadonlyMap<string, Enum>;
}

/** Whom a change of a type breaks, as buf judges it; undefined when it is none. */
export function typeChange(before: ValueType, after: ValueType, scope: TypeScope): ChangeKind | undefined {
  if (before.kind === "scalar" && after.kind === "scalar") return scalarChange(before.scalar, after.scalar);
  if (before.kind === "message" && after.kind === "message") {
    const isSame = scope.newName(before.typeName) === after.typeName && before.delimited === after.delimited;
    return isSame ? undefined : "wire";
  }
  if (before.kind !== "enum" || after.kind !== "enum") return "wire";
  if (scope.newName(before.typeName) === after.typeName) return undefined;
  return isExtended(scope.enumsBefore.get(before.typeName), scope.enumsAfter.get(after.typeName))
    ? "source"
    : "wire";
}

function scalarChange(before: ScalarType, after: ScalarType): ChangeKind | undefined {
  if (before === after) return undefined;
  const isIn = (groups: readonly (readonly ScalarType[])[]) =>
    groups.some((group) => group.includes(before) && group.includes(after));
  if (isIn(jsonGroups)) return "source";
  // Bytes that are no UTF-8 are no string, so not the other way round.
  return isIn(wireGroups) || (before === "string" && after === "bytes") ? "json" : "wire";
}

/** Another enum of the same short name that has all values of the old one. */
function isExtended(before: Enum | undefined, after: Enum | undefined): boolean {
  if (before === undefined || after === undefined || before.name !== after.name) return false;
  return before.values.every(({ name, number }) =>
    after.values.some((value) => value.name === name && value.number === number),
  );
}

/** `map<string, int32>`, `repeated shop.Item`, `string`. */
export function typeText({ type, cardinality, mapKey }: Field): string {
  const value = type.kind === "scalar" ? type.scalar : type.typeName;
  if (cardinality === "map") return `map<${mapKey}, ${value}>`;
  return cardinality === "repeated" ? `repeated ${value}` : value;
}
