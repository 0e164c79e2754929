import type { Field } from "../../schema/schema.ts";
import { defaultValue, fieldType, isOptional, type Slot, slotVariable } from "../field-plan.ts";
import type { CodeWriter } from "./codec-writer.ts";

/** `return { ... }` with all properties in declaration order: one hidden class for V8. */
export function returnMessage(w: CodeWriter, type: string, slots: readonly Slot[], unknown: boolean): void {
  const fields = slots.map((slot) => `${slot.property}: ${slotVariable(slot)}`);
  const joined = fields.join(", ");
  const literal = joined.length > 80 ? undefined : joined === "" ? "{}" : `{ ${joined} }`;
  const [head, tail] = unknown
    ? [`return ${w.runtime("withUnknown")}<${type}>(`, ", $unknown);"]
    : ["return ", ";"];
  if (literal !== undefined) w.line(`${head}${literal}${tail}`);
  else w.block(`${head}{`, () => w.each(fields.map((field) => `${field},`)), `}${tail}`);
}

/** The variable that a slot is collected in, with what the message before, `prev`, had there. */
export function takeSlot(w: CodeWriter, slot: Slot): string {
  const taken = `${slotVariable(slot)} = prev?.${slot.property}`;
  if (slot.kind === "oneof" || isOptional(slot.field)) return `let ${taken};`;
  const { cardinality, type } = slot.field;
  if (cardinality !== "singular") return `const ${taken} ?? ${cardinality === "repeated" ? "[]" : "{}"};`;
  // A number alone would not make the type that an enum has.
  const zero = zeroValue(w, slot.field);
  if (type.kind !== "enum") return `let ${taken} ?? ${zero};`;
  return `let ${slotVariable(slot)}: ${fieldType(w.scope, w.file, slot.field)} = prev?.${slot.property} ?? ${zero};`;
}

/** The variable that a slot is collected in. */
export function declareSlot(w: CodeWriter, type: string, slot: Slot): string {
  const variable = slotVariable(slot);
  if (slot.kind === "oneof") return `let ${variable}: ${type}[${JSON.stringify(slot.property)}];`;
  const { field } = slot;
  const declared = `let ${variable}: ${fieldType(w.scope, w.file, field)}`;
  const isPlain =
    field.cardinality === "singular" && field.type.kind === "scalar" && field.type.scalar !== "bytes";
  if (isPlain && !isOptional(field)) return `let ${variable} = ${zeroValue(w, field)};`;
  if (isOptional(field)) return `${declared} | undefined;`;
  if (field.cardinality === "repeated") return `${declared} = [];`;
  if (field.cardinality === "map") return `${declared} = {};`;
  return `${declared} = ${zeroValue(w, field)};`;
}

/** The default of a field that has one. Absent bytes share one empty array: making an empty one takes V8 200 ns. */
export function zeroValue(w: CodeWriter, field: Field): string {
  if (field.type.kind === "scalar" && field.type.scalar === "bytes") return w.runtime("NO_BYTES");
  return defaultValue(w.scope, field);
}
