import type { Field, Message } from "../../schema/schema.ts";
import { isOptional, type Slot } from "../field-plan.ts";
import type { CodecFunctions } from "../scope.ts";
import type { CodeWriter } from "./codec-writer.ts";
import { zeroValue } from "./slots.ts";

/** `createX(init)`: a deep copy with everything absent at its default. */
export function printCreate(w: CodeWriter, message: Message): void {
  const { name, typesModule } = w.scope.named(message.fullName);
  const type = w.file.type(typesModule, name);
  const init = w.file.type(w.scope.runtime.protobuf, "MessageInit");
  const slots = w.slots(message);
  w.func(`export function create${name}`, [`init: ${init}<${type}> = {}`], type, () => {
    const make = `return ${w.runtime("withUnknown")}<${type}>({`;
    const tail = "}, init.$unknown?.slice());";
    if (slots.length === 0) w.line(make + tail);
    else
      w.block(
        make,
        () => {
          for (const slot of slots) w.line(`${slot.property}: ${copySlot(w, name, slot)},`);
        },
        tail,
      );
  });
  for (const slot of slots) {
    if (slot.kind === "field" || !slot.members.some(({ field }) => isDeep(field))) continue;
    const choice = `NonNullable<${type}[${JSON.stringify(slot.property)}]>`;
    w.line("");
    w.func(`function copy${name}_${slot.property}`, [`choice: ${init}<${choice}>`], choice, () => {
      w.block("switch (choice.case) {", () => {
        for (const { name: member, field } of slot.members.filter((one) => isDeep(one.field)))
          w.each([
            `case ${JSON.stringify(member)}:`,
            `  return { case: ${JSON.stringify(member)}, value: ${copyValue(w, field, "choice.value")} };`,
          ]);
        if (slot.members.some(({ field }) => !isDeep(field))) w.lines("default:\n  return { ...choice };");
        else w.lines(`default:\n  return ${w.runtime("unknownCase")}(choice);`);
      });
    });
  }
}

function copySlot(w: CodeWriter, name: string, slot: Slot): string {
  const x = `init.${slot.property}`;
  if (slot.kind === "field") return copyField(w, slot.field, x);
  const deep = slot.members.some(({ field }) => isDeep(field));
  return `${x} === undefined ? undefined : ${deep ? `copy${name}_${slot.property}(${x})` : `{ ...${x} }`}`;
}

/** True for values that are objects and so must be copied. */
function isDeep({ type }: Field): boolean {
  return type.kind === "message" || (type.kind === "scalar" && type.scalar === "bytes");
}

function copyValue(w: CodeWriter, field: Field, x: string): string {
  if (field.type.kind === "message") return `${messageFunction(w, field.type.typeName, "create")}(${x})`;
  return isDeep(field) ? `${x}.slice()` : x;
}

function copyField(w: CodeWriter, field: Field, x: string): string {
  if (field.cardinality === "repeated") {
    const copy = isDeep(field) ? `${x}.map((item) => ${copyValue(w, field, "item")})` : `${x}.slice()`;
    return `${x} === undefined ? [] : ${copy}`;
  }
  if (field.cardinality === "map") {
    const copy = w.runtime("copyMap");
    return isDeep(field)
      ? `${copy}(${x}, (value) => ${copyValue(w, field, "value")})`
      : `${copy}(${x}, (value) => value)`;
  }
  if (isDeep(field)) {
    const absent = isOptional(field) ? "undefined" : zeroValue(w, field);
    return `${x} === undefined ? ${absent} : ${copyValue(w, field, x)}`;
  }
  return isOptional(field) ? x : `${x} ?? ${zeroValue(w, field)}`;
}

/** Local name of one of the functions of a message, `encodeHelloRequest`. */
export function messageFunction(w: CodeWriter, typeName: string, kind: keyof CodecFunctions): string {
  const { codecModule, functions } = w.scope.named(typeName);
  return w.file.value(codecModule, functions[kind]);
}
