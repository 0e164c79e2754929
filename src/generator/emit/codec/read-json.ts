import type { Field, Message } from "../../schema/schema.ts";
import { slotVariable, valueType } from "../field-plan.ts";
import { isInherited, memberAccess } from "../naming.ts";
import type { CodeWriter } from "./codec-writer.ts";
import { messageFunction } from "./create.ts";
import { declareSlot, enumTable, returnMessage } from "./decode.ts";
import { isNullValue, takesNull } from "./json-names.ts";
import { fromLong } from "./wire.ts";
import { jsonHelper } from "./write-json.ts";

/** `readXJson(json, options, depth)`: reads a ProtoJSON value. */
export function printReadJson(w: CodeWriter, message: Message): void {
  const { name, lowerName, typesModule } = w.scope.named(message.fullName);
  const type = w.file.type(typesModule, name);
  const jsonValue = w.file.type(w.scope.runtime.protobuf, "JsonValue");
  const options = w.file.type(w.scope.runtime.protobuf, "JsonReadOptions");
  const slots = w.slots(message);
  if (message.fields.length > 0) {
    const members = message.fields.map((field) =>
      field.jsonName === field.name
        ? JSON.stringify(field.name)
        : `[${JSON.stringify(field.jsonName)}, ${JSON.stringify(field.name)}]`,
    );
    w.block(
      `const ${lowerName}Members = [`,
      () => w.line(...members.map((member) => `${member},`)),
      "] as const;",
    );
    w.line("");
  }
  const parameters = [`json: ${jsonValue}`, `options: ${options} | undefined`, "depth: number"];
  w.func(`export function read${name}Json`, parameters, type, () => {
    const members = message.fields.length === 0 ? "[]" : `${lowerName}Members`;
    const seen = message.fields.length === 0 ? "0" : "seen";
    const check = message.extensible
      ? [
          `$unknown = ${w.runtime("readJsonExtensions")}(`,
          ...[JSON.stringify(message.fullName), "object", seen, members, "options", "depth"].map(
            (argument) => `  ${argument},`,
          ),
          ");",
        ]
      : [`${w.runtime("checkMembers")}(object, ${seen}, ${members}, options);`];
    if (message.fields.length === 0) {
      w.line(`const object = ${w.runtime("readJsonObject")}(json, depth);`);
      w.line(...check.map((line) => line.replace("$unknown", "const $unknown")));
      w.line(message.extensible ? "return $unknown === undefined ? {} : { $unknown };" : "return {};");
      return;
    }
    w.line(`const object = ${w.runtime("readJsonMembers")}(json, depth, ${lowerName}Members);`);
    for (const slot of slots) {
      const declaration = declareSlot(w, type, slot);
      const filled = slot.kind === "field" && slot.field.cardinality !== "singular";
      w.line(filled ? declaration.replace("let", "const") : declaration);
    }
    if (message.extensible) w.line(`let $unknown: ${w.file.global("Uint8Array")} | undefined;`);
    w.line("let seen = 0;", 'let at = "";');
    for (const field of message.fields.filter((one) => one.presence === "required"))
      w.line(`let has${field.number} = false;`);
    if (message.fields.some((field) => field.cardinality !== "singular"))
      w.line("let index: number | string = -1;");
    const index = message.fields.some((field) => field.cardinality !== "singular") ? "index" : "-1";
    w.block(
      "try {",
      () => {
        for (const slot of slots) {
          if (slot.kind === "field")
            readField(w, slot.field, (v) => `${slotVariable(slot)} = ${v};`, slotVariable(slot));
          else
            for (const { name: member, field } of slot.members)
              readField(
                w,
                field,
                (v) => `${slotVariable(slot)} = { case: ${JSON.stringify(member)}, value: ${v} };`,
                slotVariable(slot),
                slot.oneof.name,
              );
        }
        w.line('at = "";', ...check);
      },
      "} catch (error) {",
    );
    w.line(`  throw ${w.runtime("within")}(error, at, ${index});`, "}");
    for (const field of message.fields.filter((one) => one.presence === "required")) {
      const path = JSON.stringify(field.jsonName);
      w.line(`if (!has${field.number}) ${w.runtime("absentJson")}(${path});`);
    }
    returnMessage(w, type, slots, message.extensible);
  });
}

function member(w: CodeWriter, name: string): string {
  return isInherited(name)
    ? `${w.runtime("ownMember")}(object, ${JSON.stringify(name)})`
    : `object${memberAccess(name)}`;
}

/** One value; `| undefined` for enums, whose unknown names may be ignored. */
function readOne(w: CodeWriter, field: Field, x: string): string {
  const { type } = field;
  if (type.kind === "message")
    return `${messageFunction(w, type.typeName, "readJson")}(${x}, options, depth + 1)`;
  if (type.kind === "enum")
    return `${w.runtime("readJsonEnum")}(${enumTable(w, type.typeName)}, ${x}, options)`;
  return fromLong(w, type, `${w.runtime(`readJson${jsonHelper(type.scalar)}`)}(${x})`, "Json");
}

/** Statements that read `x` and hand it on unless it is an enum name to ignore. */
function takeValue(w: CodeWriter, field: Field, x: string, take: (v: string) => string): void {
  const { type } = field;
  if (type.kind !== "enum") {
    w.line(take(readOne(w, field, x)));
    return;
  }
  const open = w.scope.schema.enums.get(type.typeName)?.open !== false;
  const cast = open ? "value" : `value as ${valueType(w.scope, w.file, type)}`;
  if (isNullValue(field)) w.line(`const value = ${x} === null ? 0 : ${readOne(w, field, x)};`);
  else w.line(`const value = ${readOne(w, field, x)};`);
  w.line(`if (value !== undefined) ${take(cast)}`);
}

function readField(
  w: CodeWriter,
  field: Field,
  take: (v: string) => string,
  variable: string,
  oneof?: string,
): void {
  const x = `v${field.number}`;
  w.line(
    field.jsonName === field.name
      ? `const ${x} = ${member(w, field.jsonName)};`
      : `const ${x} = ${w.runtime("firstOf")}(${member(w, field.jsonName)}, ${member(w, field.name)});`,
  );
  const read = (): void => {
    w.line(`at = ${JSON.stringify(field.jsonName)};`);
    if (oneof !== undefined)
      w.line(`if (${variable} !== undefined) ${w.runtime("secondChoice")}(${JSON.stringify(oneof)});`);
    if (field.cardinality === "repeated") {
      w.line(`const list = ${w.runtime("readJsonArray")}(${x});`);
      w.block("for (let i = 0; i < list.length; i++) {", () => {
        w.line("index = i;");
        takeValue(w, field, "list[i]!", (v) => `${variable}.push(${v});`);
      });
      w.line("index = -1;");
    } else if (field.cardinality === "map") {
      const key = w.runtime(`read${jsonHelper(field.mapKey ?? "string")}Key`);
      w.line(`const entries = ${w.runtime("readJsonObject")}(${x}, depth);`);
      w.block("for (const key in entries) {", () => {
        w.line("index = key;");
        takeValue(
          w,
          field,
          "entries[key]!",
          (v) => `${w.runtime("setEntry")}(${variable}, ${key}(key), ${v});`,
        );
      });
      w.line("index = -1;");
    } else {
      takeValue(w, field, x, take);
      if (field.presence === "required") w.line(`has${field.number} = true;`);
    }
  };
  w.block(`if (${x} !== undefined) {`, () => {
    w.line("seen++;");
    if (takesNull(field) && field.cardinality === "singular") read();
    else w.block(`if (${x} !== null) {`, read);
  });
}
