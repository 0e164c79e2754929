import type { Field, Message } from "../../schema/schema.ts";
import { isDefault, isOptional, type Slot, slotVariable } from "../field-plan.ts";
import { type CodeWriter, SLACK } from "./codec-writer.ts";
import { messageFunction } from "./create.ts";
import { keyValue } from "./encode.ts";
import { isNullValue } from "./json-names.ts";
import { enumTable } from "./read-value.ts";
import { zeroValue } from "./slots.ts";
import { helperName, toLong } from "./wire.ts";

/** `writeXJson(m, b, p, style)`: writes ProtoJSON as bytes. */
export function printWriteJson(w: CodeWriter, message: Message): void {
  const { name, typesModule } = w.scope.named(message.fullName);
  const type = w.file.type(typesModule, name);
  const init = w.file.type(w.scope.runtime.protobuf, "MessageInit");
  const bytes = w.file.global("Uint8Array");
  const style = w.file.type(w.scope.runtime.codec, "JsonStyle");
  const slots = w.slots(message);
  const parameters = [`m: ${init}<${type}>`, `b: ${bytes}`, "p: number", `style: ${style}`];
  w.room = 0;
  const body = (): void => {
    if (slots.length === 0 && !message.extensible) {
      w.line(`return ${w.runtime("endObject")}(b, p, p);`);
      return;
    }
    w.line("const start = p;");
    const rooms = slots.map(roomOf);
    let rest = rooms.reduce((sum, room) => sum + room, 0);
    slots.forEach((slot, index) => {
      const room = rooms[index]!;
      w.ahead = Math.max(SLACK, rest);
      rest -= room;
      w.need(room);
      if (slot.kind === "field") writeField(w, slot);
      else writeOneof(w, slot);
    });
    if (message.extensible) {
      const name = JSON.stringify(message.fullName);
      w.line(`p = ${w.runtime("writeJsonExtensions")}(${name}, m.$unknown, b, p, style);`);
    }
    w.line(`return ${w.runtime("endObject")}(b, start, p);`);
  };
  w.func(`export function write${name}Json`, parameters, "number", body, ["m", "style"]);
}

/** Most bytes of a value that is written without a check of the room. */
function plainRoom({ type }: Field): number | undefined {
  if (type.kind !== "scalar") return undefined;
  switch (type.scalar) {
    case "string":
    case "bytes":
    case "double":
    case "float":
      return undefined;
    case "bool":
      return 5;
    default:
      return type.scalar.endsWith("64") ? 22 : 11;
  }
}

function keyText(field: Field, names = false): string {
  const name = names ? field.name : field.jsonName;
  return /^\w*$/.test(name) ? `,"${name}":` : `,${JSON.stringify(name)}:`;
}

function isPlainKey(field: Field): boolean {
  return /^[\x20-\x7e]*$/.test(field.jsonName);
}

function fieldRoom(field: Field): number {
  const key = isPlainKey(field) ? keyText(field).length : 0;
  return key + (field.cardinality === "singular" ? (plainRoom(field) ?? 0) : 0);
}

function roomOf(slot: Slot): number {
  if (slot.kind === "field") return fieldRoom(slot.field);
  return Math.max(...slot.members.map((member) => fieldRoom(member.field)));
}

const storesPerLine = 6;

function writeKey(w: CodeWriter, field: Field): void {
  const text = keyText(field);
  if (!isPlainKey(field)) {
    const json = `${w.runtime("writeJsonText")}(${JSON.stringify(text)}, b, p, style)`;
    const proto = `${w.runtime("writeAscii")}(${JSON.stringify(keyText(field, true))}, b, p)`;
    w.line(`p = style.useProtoNames ? ${proto} : ${json};`);
    return;
  }
  const write = (): void => w.again(text, () => storesOf(text));
  if (field.name === field.jsonName) write();
  else {
    const proto = `${w.runtime("writeAscii")}(${JSON.stringify(keyText(field, true))}, b, p)`;
    w.line(`if (style.useProtoNames) p = ${proto};`);
    w.block("else {", write);
  }
}

/** Statements that write a text of ASCII, byte by byte. */
function storesOf(text: string): string {
  let stores = `b[p++] = ${text.charCodeAt(0)};`;
  for (let i = 1; i < text.length; i++)
    stores += `${i % storesPerLine === 0 ? "\n" : " "}b[p++] = ${text.charCodeAt(i)};`;
  return stores;
}

function writeValue(w: CodeWriter, field: Field, x: string): string {
  const { type } = field;
  if (type.kind === "message")
    return `p = ${messageFunction(w, type.typeName, "writeJson")}(${x}, b, p, style);`;
  if (isNullValue(field)) return `p = ${w.runtime("writeAscii")}("null", b, p);`;
  if (type.kind === "enum")
    return `p = ${w.runtime("writeJsonEnum")}(${enumTable(w, type.typeName)}, ${x}, b, p);`;
  const style = type.scalar === "string" ? ", style" : "";
  return `p = ${w.runtime(`writeJson${jsonHelper(type.scalar)}`)}(${toLong(w, type, x)}, b, p${style});`;
}

/** JSON does not care how an integer is on the wire. */
export function jsonHelper(scalar: string): string {
  switch (scalar) {
    case "sint32":
    case "sfixed32":
      return "Int32";
    case "fixed32":
      return "Uint32";
    case "sint64":
    case "sfixed64":
      return "Int64";
    case "fixed64":
      return "Uint64";
    default:
      return helperName(scalar);
  }
}

function settle(w: CodeWriter, field: Field): void {
  const plain = field.cardinality === "singular" ? plainRoom(field) : undefined;
  if (plain === undefined) {
    w.settle();
    return;
  }
  // After a key that was written by a helper only its slack is certain.
  const slackLeft = SLACK - plain;
  w.spend(fieldRoom(field));
  if (field.name !== field.jsonName || !isPlainKey(field)) w.room = Math.min(w.room, slackLeft);
}

function writeField(w: CodeWriter, slot: Slot & { kind: "field" }): void {
  const { field } = slot;
  const x = slotVariable(slot);
  const body = (): void => {
    if (field.cardinality === "map") {
      writeMap(w, field, x);
      return;
    }
    writeKey(w, field);
    if (field.cardinality === "repeated") writeList(w, field, x);
    else w.line(writeValue(w, field, x));
  };
  if (field.cardinality !== "singular") {
    const list = field.cardinality === "repeated";
    w.line(`const ${x} = m.${slot.property};`);
    const some = list ? `${x} !== undefined && ${x}.length > 0` : `${x} !== undefined`;
    w.block(`if (${some}) {`, body, "} else if (style.emitDefaults) {");
    w.line(`  p = ${emptyMember(w, field, list ? "[]" : "{}")};`);
    w.line("}");
  } else if (isOptional(field) || field.presence === "required") {
    w.line(`const ${x} = m.${slot.property};`);
    w.block(`if (${x} !== undefined) {`, body);
  } else {
    const fallback = zeroValue(w, field);
    w.line(`const ${x} = m.${slot.property} ?? ${fallback};`);
    const test = isDefault(field, x, (value) => `${w.runtime("isZero")}(${value})`);
    const differs = test.includes(" === ") ? test.replace(" === ", " !== ") : `!${test}`;
    w.block(`if (${differs} || style.emitDefaults) {`, body);
  }
  settle(w, field);
}

function emptyMember(w: CodeWriter, field: Field, empty: string): string {
  const json = JSON.stringify(`${keyText(field)}${empty}`);
  const proto = JSON.stringify(`${keyText(field, true)}${empty}`);
  const text = json === proto ? json : `style.useProtoNames ? ${proto} : ${json}`;
  if (isPlainKey(field)) return `${w.runtime("writeAscii")}(${text}, b, p)`;
  return `${w.runtime("writeJsonText")}(${text}, b, p, style)`;
}

function writeOneof(w: CodeWriter, slot: Slot & { kind: "oneof" }): void {
  const x = slotVariable(slot);
  const room = w.room;
  let least = room;
  w.line(`const ${x} = m.${slot.property};`);
  w.block(`if (${x} !== undefined) {`, () => {
    w.block(`switch (${x}.case) {`, () => {
      for (const { name, field } of slot.members) {
        w.room = room;
        w.block(`case ${JSON.stringify(name)}: {`, () => {
          writeKey(w, field);
          w.line(writeValue(w, field, `${x}.value`));
          w.line("break;");
        });
        settle(w, field);
        least = Math.min(least, w.room);
      }
      w.lines(`default:\n  ${w.runtime("unknownCase")}(${x});`);
    });
  });
  w.room = least;
}

function writeList(w: CodeWriter, field: Field, x: string): void {
  const plain = plainRoom(field);
  w.line("const open = p;");
  if (plain !== undefined)
    w.line(`if (p + ${x}.length * ${plain + 1} + ${SLACK} > b.length) ${w.runtime("noRoom")}();`);
  w.block(`for (let i = 0; i < ${x}.length; i++) {`, () => {
    w.line("b[p++] = 44;");
    w.line(writeValue(w, field, `${x}[i]!`));
  });
  w.line(`p = ${w.runtime("endArray")}(b, open, p);`);
}

function writeMap(w: CodeWriter, field: Field, x: string): void {
  const key = keyValue(w, field.mapKey ?? "string");
  w.line("const before = p;");
  writeKey(w, field);
  w.line("const open = p;");
  w.block(`for (const key in ${x}) {`, () => {
    w.lines(`const value = ${x}[key];\nif (value === undefined) continue;\nb[p++] = 44;`);
    w.line(`p = ${w.runtime("writeJsonString")}(${key === "key" ? key : `String(${key})`}, b, p, style);`);
    w.line("b[p++] = 58;");
    w.line(writeValue(w, field, "value"));
  });
  // Whether there is an entry is known now; before it would take a loop of its own.
  w.line(`p = p === open && !style.emitDefaults ? before : ${w.runtime("endObject")}(b, open, p);`);
}
