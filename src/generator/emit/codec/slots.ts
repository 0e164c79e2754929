import type { Field } from "../../schema/schema.ts";
import { defaultValue, fieldType, isOptional, type Slot, slotVariable } from "../field-plan.ts";
import type { CodeWriter } from "./codec-writer.ts";

/** `return { ... }` with all properties in declaration order: one hidden class for V8. */
export function returnMessage(w: CodeWriter, type: string, slots: readonly Slot[], unknown: boolean): void {
  const fields = slots.map((slot) => `${slot.property}: ${slotVariable(slot)}`);
  const literal =
    fields.join(", ").length > 80 ? undefined : `{ ${fields.join(", ")} }`.replace("{  }", "{}");
  const head = unknown ? `const message: ${type} = ` : "return ";
  if (literal !== undefined) w.line(`${head}${literal};`);
  else w.block(`${head}{`, () => w.line(...fields.map((field) => `${field},`)), "};");
  if (unknown) w.line("if ($unknown !== undefined) message.$unknown = $unknown;", "return message;");
}

/** The variable that a slot is collected in. */
export function declareSlot(w: CodeWriter, type: string, slot: Slot): string {
  const variable = slotVariable(slot);
  if (slot.kind === "oneof") return `let ${variable}: ${type}[${JSON.stringify(slot.property)}];`;
  const { field } = slot;
  const declared = `let ${variable}: ${fieldType(w.scope, w.file, field)}`;
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
