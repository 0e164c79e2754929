import type { Field, Message, Oneof, ScalarType, ValueType } from "../schema/schema.ts";
import type { ModuleFile } from "./module-file.ts";
import { createNamer, fieldName } from "./naming.ts";
import type { Scope } from "./scope.ts";

/** A property of a message's interface: one field, or a oneof with its members. */
export type Slot =
  | { readonly kind: "field"; readonly property: string; readonly field: Field }
  | {
      readonly kind: "oneof";
      readonly property: string;
      readonly oneof: Oneof;
      readonly members: readonly OneofMember[];
    };

export interface OneofMember {
  /** The value of `case`. */
  readonly name: string;
  readonly field: Field;
}

/** Properties in declaration order; a oneof stands where its first member is. */
export function slotsOf(message: Message): Slot[] {
  const slots: Slot[] = [];
  const namer = createNamer();
  const oneofs = new Map(message.oneofs.map((oneof) => [oneof.name, oneof]));
  const choices = new Map<
    Oneof,
    { readonly members: OneofMember[]; readonly name: (wanted: string) => string }
  >();
  for (const field of message.fields) {
    const oneof = field.oneof === undefined ? undefined : oneofs.get(field.oneof);
    if (oneof === undefined) {
      const property = isExtension(field) ? "value" : namer(fieldName(field.name));
      slots.push({ kind: "field", property, field });
      continue;
    }
    let choice = choices.get(oneof);
    if (choice === undefined) {
      choice = { members: [], name: createNamer() };
      choices.set(oneof, choice);
      slots.push({ kind: "oneof", property: namer(fieldName(oneof.name)), oneof, members: choice.members });
    }
    choice.members.push({ name: choice.name(fieldName(field.name)), field });
  }
  return slots;
}

/** True for the only field of an extension's record; no other name begins so. */
function isExtension(field: Field): boolean {
  return field.name.startsWith("[");
}

/** Name of the local variable that holds a slot in generated functions. */
export function slotVariable(slot: Slot): string {
  return slot.kind === "field" ? `f${slot.field.number}` : `o${slot.members[0]?.field.number}`;
}

/** True for 64-bit integers, which are bigints unless their type's `js` says otherwise. */
export function isBigint(scalar: ScalarType): boolean {
  return scalar.endsWith("64");
}

/** TypeScript type of one value, without cardinality. */
export function valueType(scope: Scope, file: ModuleFile, type: ValueType): string {
  if (type.kind !== "scalar") {
    const { name, typesModule } = scope.named(type.typeName);
    return file.type(typesModule, name);
  }
  switch (type.scalar) {
    case "string":
      return "string";
    case "bytes":
      return file.global("Uint8Array");
    case "bool":
      return "boolean";
    default:
      return isBigint(type.scalar) ? (type.js ?? "bigint") : "number";
  }
}

/** Type of map keys: 64-bit integers and bools are text, as object keys are. */
export function mapKeyType(key: ScalarType): "string" | "number" {
  return key === "string" || key === "bool" || isBigint(key) ? "string" : "number";
}

/** TypeScript type of a field with its cardinality. */
export function fieldType(scope: Scope, file: ModuleFile, field: Field): string {
  const value = valueType(scope, file, field.type);
  if (field.cardinality === "repeated") return `${value}[]`;
  if (field.mapKey !== undefined) return `{ [key: ${mapKeyType(field.mapKey)}]: ${value} }`;
  return value;
}

/** TypeScript type of an extension's value. */
export function extensionValue(scope: Scope, file: ModuleFile, extension: Field): string {
  const type = fieldType(scope, file, extension);
  return isOptional(extension) ? `${type} | undefined` : type;
}

/** True when a message without the field has `undefined` there. */
export function isOptional(field: Field): boolean {
  if (field.cardinality !== "singular") return false;
  return field.presence === "explicit" || field.type.kind === "message";
}

/** Default of one value as an expression. Only for types that have one: no messages. */
export function defaultValue(scope: Scope, field: Field): string {
  const { type, defaultValue: given } = field;
  if (type.kind === "enum") {
    const values = scope.schema.enums.get(type.typeName)?.values ?? [];
    const value = (given !== undefined && values.find(({ name }) => name === given)) || values[0];
    return String(value?.number ?? 0);
  }
  if (type.kind === "message") return "undefined";
  return zeroOf(type);
}

/** Default of a scalar as an expression. */
export function zeroOf({ scalar, js }: ValueType & { kind: "scalar" }): string {
  switch (scalar) {
    case "string":
      return '""';
    case "bytes":
      return "new Uint8Array(0)";
    case "bool":
      return "false";
    default:
      return !isBigint(scalar) || js === "number" ? "0" : js === "string" ? '"0"' : "0n";
  }
}

/** Condition under which an implicit field holds its default. */
export function isDefault(field: Field, x: string, zero: (expression: string) => string): string {
  if (field.type.kind === "scalar" && (field.type.scalar === "double" || field.type.scalar === "float"))
    return zero(x);
  if (field.type.kind === "scalar" && field.type.scalar === "bytes") return `${x}.length === 0`;
  return `${x} === ${field.type.kind === "scalar" ? zeroOf(field.type) : "0"}`;
}
