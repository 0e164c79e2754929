import type { Field } from "../../schema/schema.ts";
import { type Slot, slotVariable } from "../field-plan.ts";
import type { CodeWriter } from "./codec-writer.ts";
import { decodeEntry } from "./map-entry.ts";
import { readEnd, readFixed, readValue, takeEnum } from "./read-value.ts";
import { fixedRoom, tagOf, wireType } from "./wire.ts";
import type { WireRecord } from "./wire-records.ts";

/** The records of a field: two for numbers that repeat, which come packed or not. */
export function fieldRecords(w: CodeWriter, slot: Slot & { kind: "field" }): WireRecord[] {
  const { field } = slot;
  const { number } = field;
  const x = slotVariable(slot);
  const tag = tagOf(number, wireType(field.type));
  if (field.cardinality === "map")
    return [{ number, tag: tagOf(number, 2), many: true, read: () => decodeEntry(w, field, x) }];
  if (field.cardinality === "repeated") {
    const push = takeEnum(w, field, (value) => w.line(`${x}.push(${value});`));
    const single = { number, tag, many: true, read: () => readValue(w, field, "undefined", push) };
    if (fixedRoom(field.type) === undefined) return [single];
    const packed = { number, tag: tagOf(number, 2), many: false, read: () => readPacked(w, field, push) };
    // Readers accept both forms, whatever the schema says.
    return field.packed ? [packed, single] : [single, packed];
  }
  const read = (): void => {
    readValue(
      w,
      field,
      x,
      takeEnum(w, field, (value) => w.line(`${x} = ${value};`)),
    );
    if (field.presence === "required") w.line(`has${number} = true;`);
  };
  return [{ number, tag, many: false, read }];
}

function readPacked(w: CodeWriter, field: Field, push: (value: string) => void): void {
  readEnd(w, "n", "e");
  w.block("while (p < n) {", () => readFixed(w, field.type, push));
  w.line(`if (p !== n) ${w.runtime("truncated")}();`);
}

/** The records of a oneof's members: the last one counts. */
export function memberRecords(w: CodeWriter, slot: Slot & { kind: "oneof" }): WireRecord[] {
  const x = slotVariable(slot);
  return slot.members.map(({ name, field }) => {
    const literal = JSON.stringify(name);
    const read = (): void =>
      readValue(
        w,
        field,
        `${x} !== undefined && ${x}.case === ${literal} ? ${x}.value : undefined`,
        takeEnum(w, field, (value) => w.line(`${x} = { case: ${literal}, value: ${value} };`)),
      );
    return { number: field.number, tag: tagOf(field.number, wireType(field.type)), many: false, read };
  });
}
