import type { Field, Message } from "../../schema/schema.ts";
import { type Slot, slotVariable, valueType } from "../field-plan.ts";
import { LINE_WIDTH } from "../module-file.ts";
import type { CodeWriter } from "./codec-writer.ts";
import { messageFunction } from "./create.ts";
import { isNullValue, takesNull } from "./json-names.ts";
import { enumTable } from "./read-value.ts";
import { declareSlot, returnMessage } from "./slots.ts";
import { fromLong } from "./wire.ts";
import { jsonHelper } from "./write-json.ts";

/** `readXJson(b, options, depth)`: reads the message whose JSON begins at the cursor. */
export function printReadJson(w: CodeWriter, message: Message): void {
  const slots = w.slots(message);
  const members = printMembers(w, message);
  printReader(w, message, (type) => {
    declareSlots(w, type, slots);
    if (message.extensible) w.line(`let $unknown: ${w.file.global("Uint8Array")} | undefined;`);
    w.line(members.isMany ? "const seen: boolean[] = [];" : "let seen = 0;");
    readMembers(w, () => {
      if (message.extensible) readExtension(w, message);
      w.line(`const i = ${members.read};`);
      if (!members.isMany) w.line("seen |= 1 << i;");
      readCases(w, message, slots);
    });
    message.fields.forEach(({ presence, jsonName }, i) => {
      if (presence !== "required") return;
      const isMissing = members.isMany ? `seen[${i}] !== true` : `(seen & ${1 << i}) === 0`;
      w.line(`if (${isMissing}) ${w.runtime("absentJson")}(${JSON.stringify(jsonName)});`);
    });
    returnMessage(w, type, slots, message.extensible);
  });
}

/** `readXJson` of an extension's record: only the value of its member. */
export function printReadJsonValue(w: CodeWriter, record: Message): void {
  const slots = w.slots(record);
  const body = (type: string): void => {
    declareSlots(w, type, slots);
    for (const slot of slots) {
      if (slot.kind !== "field") continue;
      if (isNullable(slot.field)) readField(w, slot);
      else w.block(`if (!${w.runtime("skipText")}(b, "null")) {`, () => readField(w, slot));
    }
    returnMessage(w, type, slots, false);
  };
  printReader(w, record, body, ["options", "depth"]);
}

function printReader(
  w: CodeWriter,
  message: Message,
  body: (type: string) => void,
  doubtful?: readonly string[],
): void {
  const { name, typesModule } = w.scope.named(message.fullName);
  const type = w.file.type(typesModule, name);
  const options = w.file.type(w.scope.runtime.protobuf, "JsonReadOptions");
  const bytes = w.file.global("Uint8Array");
  const parameters = [`b: ${bytes}`, `options: ${options} | undefined`, "depth: number"];
  w.func(`export function read${name}Json`, parameters, type, () => body(type), doubtful);
}

/** A field for which null is a value instead of absence. */
function isNullable(field: Field): boolean {
  return takesNull(field) && field.cardinality === "singular";
}

/** Bits of the number that tells which members were read; the sign is for unknown ones. */
const MOST_BITS = 31;

/** Prints the names of a message's members; returns how one is read. */
function printMembers(w: CodeWriter, message: Message): { readonly isMany: boolean; readonly read: string } {
  const { fields, fullName } = message;
  const { lowerName } = w.scope.named(fullName);
  const isMany = fields.length > MOST_BITS || fields.some(({ jsonName }) => !/^[\w.-]+$/.test(jsonName));
  if (isMany) {
    const both = fields.map(({ jsonName, name }) =>
      jsonName === name ? JSON.stringify(name) : `[${JSON.stringify(jsonName)}, ${JSON.stringify(name)}]`,
    );
    const nullable = fields.flatMap((field, i) => (isNullable(field) ? [i] : []));
    const tail = nullable.length === 0 ? "]);" : `], [${nullable.join(", ")}]);`;
    printList(w, `const ${lowerName}Members = /* @__PURE__ */ ${w.runtime("jsonMembers")}([`, both, tail);
    return { isMany, read: `${w.runtime("readOneOfMany")}(b, ${lowerName}Members, seen, options)` };
  }
  const given = [`b`, `${lowerName}Members`, "seen", "options"];
  // Of these letters, none has to be escaped.
  printList(
    w,
    `const ${lowerName}Members: readonly string[] = [`,
    fields.map(({ jsonName }) => `"${jsonName}"`),
    "];",
  );
  const nullable = fields.reduce((bits, field, i) => bits | (isNullable(field) ? 1 << i : 0), 0);
  if (fields.some(({ jsonName, name }) => jsonName !== name)) {
    printList(
      w,
      `const ${lowerName}ProtoNames: readonly string[] = [`,
      fields.map(({ name }) => JSON.stringify(name)),
      "];",
    );
    given.push(`${lowerName}ProtoNames`);
  } else if (nullable !== 0) given.push("undefined");
  if (nullable !== 0) given.push(String(nullable));
  return { isMany, read: `${w.runtime("readMember")}(${given.join(", ")})` };
}

function printList(w: CodeWriter, head: string, items: readonly string[], tail: string): void {
  const oneLine = `${head}${items.join(", ")}${tail}`;
  if (oneLine.length <= LINE_WIDTH) w.line(oneLine);
  else w.block(head, () => w.each(items.map((item) => `${item},`)), tail);
  w.line("");
}

function declareSlots(w: CodeWriter, type: string, slots: readonly Slot[]): void {
  for (const slot of slots) {
    const declaration = declareSlot(w, type, slot);
    const filled = slot.kind === "field" && slot.field.cardinality !== "singular";
    w.line(filled ? declaration.replace("let", "const") : declaration);
  }
}

/** A loop over the members of the object at the cursor, which must be at each one's end when the body is done. */
function readMembers(w: CodeWriter, body: () => void): void {
  const open = w.runtime("openObject");
  w.block(`for (let more = ${open}(b, depth); more; more = ${w.runtime("nextMember")}(b)) {`, body);
}

/** Only extensions have names in brackets. */
function readExtension(w: CodeWriter, message: Message): void {
  w.block(`if (b[${w.runtime("cursor")}.p + 1] === 91) {`, () => {
    const name = JSON.stringify(message.fullName);
    w.line(`$unknown = ${w.runtime("readJsonExtension")}(${name}, $unknown, b, options, depth);`);
    w.line("continue;");
  });
}

/** What to do with each member, by its index. */
function readCases(w: CodeWriter, message: Message, slots: readonly Slot[]): void {
  if (message.fields.length === 0) return;
  const places = new Map<Field, { readonly slot: Slot; readonly name?: string }>();
  for (const slot of slots) {
    if (slot.kind === "field") places.set(slot.field, { slot });
    else for (const { field, name } of slot.members) places.set(field, { slot, name });
  }
  w.block("switch (i) {", () => {
    message.fields.forEach((field, i) => {
      const place = places.get(field);
      if (place === undefined) return;
      const { slot, name } = place;
      const read = (): void => {
        if (slot.kind === "field") readField(w, slot);
        else readChoice(w, slot, field, name);
        w.line("break;");
      };
      // An enum's value is declared in its case.
      if (field.type.kind === "enum" && field.cardinality === "singular") w.block(`case ${i}: {`, read);
      else {
        w.line(`case ${i}:`);
        w.indented(read);
      }
    });
  });
}

/** One value at the cursor; `| undefined` for enums, whose unknown names may be ignored. */
function readOne(w: CodeWriter, field: Field): string {
  const { type } = field;
  if (type.kind === "message")
    return `${messageFunction(w, type.typeName, "readJson")}(b, options, depth + 1)`;
  if (type.kind === "enum") return `${w.runtime("readJsonEnum")}(b, ${enumTable(w, type.typeName)}, options)`;
  return fromLong(w, type, `${w.runtime(`readJson${jsonHelper(type.scalar)}`)}(b)`, "Json");
}

/** Statements that read one value and hand it on, unless it is an enum name to ignore. */
function takeValue(w: CodeWriter, field: Field, take: (v: string) => string): void {
  const { type } = field;
  if (type.kind !== "enum") {
    w.line(take(readOne(w, field)));
    return;
  }
  const open = w.scope.schema.enums.get(type.typeName)?.open !== false;
  const cast = open ? "value" : `value as ${valueType(w.scope, w.file, type)}`;
  const read = readOne(w, field);
  w.line(`const value = ${isNullValue(field) ? `${w.runtime("skipText")}(b, "null") ? 0 : ${read}` : read};`);
  w.line(`if (value !== undefined) ${take(cast)}`);
}

function readField(w: CodeWriter, slot: Slot & { kind: "field" }): void {
  const { field } = slot;
  const x = slotVariable(slot);
  if (field.cardinality === "repeated") {
    const open = w.runtime("openArray");
    w.block(`for (let item = ${open}(b, depth); item; item = ${w.runtime("nextItem")}(b)) {`, () =>
      takeValue(w, field, (v) => `${x}.push(${v});`),
    );
  } else if (field.cardinality === "map") {
    const open = w.runtime("openObject");
    w.block(`for (let entry = ${open}(b, depth); entry; entry = ${w.runtime("nextMember")}(b)) {`, () => {
      w.line(`const key = ${w.runtime(`read${jsonHelper(field.mapKey ?? "string")}Key`)}(b);`);
      takeValue(w, field, (v) => `${w.runtime("addEntry")}(${x}, key, ${v});`);
    });
  } else takeValue(w, field, (v) => `${x} = ${v};`);
}

function readChoice(
  w: CodeWriter,
  slot: Slot & { kind: "oneof" },
  field: Field,
  name: string | undefined,
): void {
  const x = slotVariable(slot);
  w.line(`if (${x} !== undefined) ${w.runtime("secondChoice")}(${JSON.stringify(slot.oneof.name)});`);
  takeValue(w, field, (v) => `${x} = { case: ${JSON.stringify(name)}, value: ${v} };`);
}
