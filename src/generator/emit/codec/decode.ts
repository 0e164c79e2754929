import type { Field, Message } from "../../schema/schema.ts";
import type { CodeWriter } from "./codec-writer.ts";
import { fieldRecords, memberRecords } from "./field-records.ts";
import { returnMessage, takeSlot } from "./slots.ts";
import { fixedRoom, wireType } from "./wire.ts";
import { MESSAGE, readRecords } from "./wire-records.ts";

/** `decodeX(b, p, e, prev, depth)`: reads the message that fills `p..e`, merged into `prev`. */
export function printDecode(w: CodeWriter, message: Message): void {
  const { name, typesModule } = w.scope.named(message.fullName);
  const type = w.file.type(typesModule, name);
  const bytes = w.file.global("Uint8Array");
  const slots = w.slots(message);
  const required = message.fields.filter((field) => field.presence === "required");
  const hasLengths = message.fields.some(needsLength);
  const parameters = [`b: ${bytes}`, "p: number", "e: number", `prev: ${type} | undefined`, "depth: number"];
  w.func(`export function decode${name}`, parameters, type, () => {
    if (w.scope.isCyclic(message))
      w.line(`if (depth > ${w.runtime("MAX_DEPTH")}) ${w.runtime("tooDeep")}();`);
    for (const slot of slots) w.line(takeSlot(w, slot));
    w.line("let $unknown = prev?.$unknown;");
    for (const field of required) w.line(`let has${field.number} = prev !== undefined;`);
    if (hasLengths) w.line("let n = 0;");
    const records = slots
      .flatMap((slot) => (slot.kind === "field" ? fieldRecords(w, slot) : memberRecords(w, slot)))
      .sort((one, other) => one.number - other.number);
    readRecords(w, MESSAGE, records, () => {
      w.line(`p = ${w.runtime("skipField")}(tag, b, p, e, depth);`);
      w.line(`$unknown = ${w.runtime("keepUnknown")}($unknown, b, at, p);`);
    });
    w.line(`if (p !== e) ${w.runtime("truncated")}();`);
    for (const field of required)
      w.line(
        `if (!has${field.number}) ${w.runtime("absent")}(${JSON.stringify(`${message.fullName}.${field.name}`)});`,
      );
    returnMessage(w, type, slots, true);
  });
}

function needsLength(field: Field): boolean {
  if (field.cardinality === "map") return true;
  // Numbers may come packed.
  return (
    wireType(field.type) === 2 || (field.cardinality === "repeated" && fixedRoom(field.type) !== undefined)
  );
}
