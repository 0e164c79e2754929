import type { Field, Message, ValueType } from "../../schema/schema.ts";
import { isDefault, isOptional, type Slot, slotVariable } from "../field-plan.ts";
import { type CodeWriter, SLACK } from "./codec-writer.ts";
import { messageFunction } from "./create.ts";
import { fixedRoom, helperName, tagLength, tagOf, toLong, wireType, writeTag } from "./wire.ts";

/** `encodeX(m, b, p)`: writes the message at `p`, returns the position behind it. */
export function printEncode(w: CodeWriter, message: Message): void {
  const { name, typesModule } = w.scope.named(message.fullName);
  const type = w.file.type(typesModule, name);
  const init = w.file.type(w.scope.runtime.protobuf, "MessageInit");
  const bytes = w.file.global("Uint8Array");
  const slots = inWireOrder(w.slots(message));
  w.room = 0;
  w.func(
    `export function encode${name}`,
    [`m: ${init}<${type}>`, `b: ${bytes}`, "p: number"],
    "number",
    () => {
      const rooms = slots.map(roomOf);
      let rest = rooms.reduce((sum, room) => sum + room, 0);
      slots.forEach((slot, index) => {
        w.ahead = Math.max(SLACK, rest);
        rest -= rooms[index]!;
        if (slot.kind === "field") encodeField(w, message, slot);
        else encodeOneof(w, slot);
      });
      w.line(`return m.$unknown === undefined ? p : ${w.runtime("writeRaw")}(m.$unknown, b, p);`);
    },
  );
}

function lowestNumber(slot: Slot): number {
  return slot.kind === "field"
    ? slot.field.number
    : Math.min(...slot.members.map((member) => member.field.number));
}

function inWireOrder(slots: readonly Slot[]): Slot[] {
  return [...slots].sort((a, b) => lowestNumber(a) - lowestNumber(b));
}

/** Bytes that the tag and a value of known size may take. */
function fieldRoom(field: Field): number {
  const tag = tagLength(tagOf(field.number, 0));
  return tag + (field.cardinality === "singular" ? (fixedRoom(field.type) ?? 1) : 1);
}

function roomOf(slot: Slot): number {
  if (slot.kind === "field") return fieldRoom(slot.field);
  return Math.max(...slot.members.map((member) => fieldRoom(member.field)));
}

function endsInHelper(field: Field): boolean {
  return field.cardinality !== "singular" || fixedRoom(field.type) === undefined;
}

/** Prints what writes one value at `p`, room being certain. */
function writeValue(w: CodeWriter, type: ValueType, x: string, number: number): void {
  if (type.kind === "message") {
    const encode = messageFunction(w, type.typeName, "encode");
    w.line(
      type.delimited
        ? `p = ${w.runtime("endGroup")}(b, ${encode}(${x}, b, p), ${tagOf(number, 4)});`
        : `p = ${w.runtime("endLength")}(b, p + 1, ${encode}(${x}, b, p + 1));`,
    );
    return;
  }
  const scalar = type.kind === "enum" ? "int32" : type.scalar;
  const helper = w.runtime(`write${helperName(scalar)}`);
  if (scalar === "int32" || scalar === "uint32")
    w.lines(`if ((${x} & 127) === ${x}) b[p++] = ${x};\nelse p = ${helper}(${x}, b, p);`);
  else w.line(`p = ${helper}(${toLong(w, type, x)}, b, p);`);
}

function encodeField(w: CodeWriter, message: Message, slot: Slot & { kind: "field" }): void {
  const { field } = slot;
  const x = slotVariable(slot);
  w.need(fieldRoom(field));
  w.line(`const ${x} = m.${slot.property};`);
  if (field.cardinality === "repeated") encodeList(w, field, x);
  else if (field.cardinality === "map") encodeMap(w, field, x);
  else {
    const write = (): void => {
      w.line(writeTag(tagOf(field.number, wireType(field.type))));
      writeValue(w, field.type, x, field.number);
    };
    if (field.presence === "required") {
      const path = JSON.stringify(`${message.fullName}.${field.name}`);
      w.line(`if (${x} === undefined) ${w.runtime("missing")}(${path});`);
      write();
    } else if (isOptional(field)) w.block(`if (${x} !== undefined) {`, write);
    else {
      const test = isDefault(field, x, (value) => `${w.runtime("isZero")}(${value})`);
      const differs = test.includes(" === ") ? test.replace(" === ", " !== ") : `!${test}`;
      w.block(`if (${x} !== undefined && ${differs}) {`, write);
    }
  }
  if (endsInHelper(field)) w.settle();
  else w.spend(fieldRoom(field));
}

function encodeOneof(w: CodeWriter, slot: Slot & { kind: "oneof" }): void {
  const x = slotVariable(slot);
  w.need(roomOf(slot));
  w.line(`const ${x} = m.${slot.property};`);
  w.block(`if (${x} !== undefined) {`, () => {
    w.block(`switch (${x}.case) {`, () => {
      for (const { name, field } of slot.members)
        w.block(`case ${JSON.stringify(name)}: {`, () => {
          w.line(`const v = ${x}.value;`);
          w.line(writeTag(tagOf(field.number, wireType(field.type))));
          writeValue(w, field.type, "v", field.number);
          w.line("break;");
        });
      w.lines(`default:\n  ${w.runtime("unknownCase")}(${x});`);
    });
  });
  w.room -= Math.max(0, ...slot.members.filter((m) => !endsInHelper(m.field)).map((m) => fieldRoom(m.field)));
  if (slot.members.some((member) => endsInHelper(member.field))) w.settle();
}

function encodeList(w: CodeWriter, field: Field, x: string): void {
  const fixed = fixedRoom(field.type);
  const packed = field.packed && fixed !== undefined;
  const tag = tagOf(field.number, packed ? 2 : wireType(field.type));
  const each = (fixed ?? 0) + (packed ? 0 : tagLength(tag));
  w.block(`if (${x} !== undefined && ${x}.length > 0) {`, () => {
    if (fixed !== undefined)
      w.line(`if (p + ${x}.length * ${each} + 32 > b.length) ${w.runtime("noRoom")}();`);
    if (packed) w.lines(`${writeTag(tag)}\nconst start = ++p;`);
    w.block(`for (let i = 0; i < ${x}.length; i++) {`, () => {
      w.line(`const v = ${x}[i]!;`);
      if (!packed) w.line(writeTag(tag));
      writeValue(w, field.type, "v", field.number);
    });
    if (packed) w.line(`p = ${w.runtime("endLength")}(b, start, p);`);
  });
}

/** The expression that turns an object key into the value of the map's key field. */
export function keyValue(w: CodeWriter, key: string): string {
  if (key === "string") return "key";
  if (key === "bool") return `${w.runtime("boolKey")}(key)`;
  return `${w.runtime(key.endsWith("64") ? "bigintKey" : "numberKey")}(key)`;
}

function encodeMap(w: CodeWriter, field: Field, x: string): void {
  const key: ValueType = { kind: "scalar", scalar: field.mapKey ?? "string" };
  const tag = tagOf(field.number, 2);
  const worst = tagLength(tag) + 3 + (fixedRoom(key) ?? 0) + (fixedRoom(field.type) ?? 1);
  w.block(`if (${x} !== undefined) {`, () => {
    w.block(`for (const key in ${x}) {`, () => {
      w.lines(`const value = ${x}[key];\nif (value === undefined) continue;`);
      if (worst > SLACK) w.line(`if (p + ${worst} > b.length) ${w.runtime("noRoom")}();`);
      w.lines(`${writeTag(tag)}\nconst start = ++p;\n${writeTag(tagOf(1, wireType(key)))}`);
      const keyHelper = w.runtime(`write${helperName(key.scalar)}`);
      w.line(`p = ${keyHelper}(${keyValue(w, key.scalar)}, b, p);`);
      w.line(writeTag(tagOf(2, wireType(field.type))));
      writeValue(w, field.type, "value", 2);
      w.line(`p = ${w.runtime("endLength")}(b, start, p);`);
    });
  });
}
