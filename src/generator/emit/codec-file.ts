import type { Enum, Extension, Field, Message, SchemaFile } from "../schema/schema.ts";
import { CodeWriter } from "./codec/codec-writer.ts";
import { printCreate } from "./codec/create.ts";
import { printDecode } from "./codec/decode.ts";
import { printEncode } from "./codec/encode.ts";
import { printReadJson, printReadJsonValue } from "./codec/read-json.ts";
import { printWriteJson } from "./codec/write-json.ts";
import { extensionValue } from "./field-plan.ts";
import { createModuleFile, LINE_WIDTH } from "./module-file.ts";
import { isMessage, type Scope } from "./scope.ts";
import { fileHead } from "./types-file.ts";

/** What only the machine reads: per message five functions and the codec made of them, per enum its table. */
export function printCodecFile(
  scope: Scope,
  schemaFile: SchemaFile,
  path: string,
  importExtension: string,
): string {
  const declarations = scope.declarations(schemaFile);
  const declared: string[] = [];
  for (const declaration of declarations) {
    const { lowerName, functions } = scope.named(declaration.fullName);
    if (!isMessage(declaration)) {
      declared.push(`${lowerName}Table`);
      continue;
    }
    declared.push(functions.create, functions.encode, functions.decode);
    if (scope.runtime.handWrittenJson(declaration.fullName) === undefined)
      declared.push(functions.writeJson, functions.readJson);
    declared.push(`${lowerName}Codec`, `${lowerName}Members`, `${lowerName}ProtoNames`);
  }
  const extensions = scope.extensions(schemaFile);
  for (const { jsonName } of extensions) {
    const { name, lowerName, functions } = scope.named(jsonName);
    const { encode, decode, writeJson, readJson } = functions;
    declared.push(name, encode, decode, writeJson, readJson, `${lowerName}Extension`);
  }
  const file = createModuleFile(path, declared, importExtension, scope.orderOf);
  const w = new CodeWriter(scope, file);
  // Tables first: functions refer to them, and a module runs from the top.
  for (const declaration of declarations) {
    if (isMessage(declaration)) continue;
    separate(w);
    w.raw(printTable(scope, file, declaration));
  }
  for (const declaration of declarations) {
    if (!isMessage(declaration)) continue;
    separate(w);
    printMessage(w, declaration);
  }
  for (const extension of extensions) {
    separate(w);
    printExtension(w, extension);
  }
  if (w.text === "") w.line("export {};");
  const isLong = w.longest > MOST_CHECKED;
  return file.print([...fileHead(schemaFile), ...(isLong ? UNCHECKED : [])], w.text);
}

/**
 * Characters of a function beyond which TypeScript may give up (error 2563, "too large for control flow analysis"), after
 * trying for long: a message of some 200 fields. The shortest function it gave up on had 108,000.
 */
const MOST_CHECKED = 100_000;
const UNCHECKED = [
  "// @ts-nocheck: functions for a message of so many fields are too large for TypeScript to follow",
];

type File = ReturnType<typeof createModuleFile>;

function separate(w: CodeWriter): void {
  if (w.text !== "") w.line("");
}

function printTable(scope: Scope, file: File, declared: Enum): string[] {
  const { lowerName } = scope.named(declared.fullName);
  const type = file.type(scope.runtime.codec, "EnumTable");
  const make = file.value(scope.runtime.codec, "enumTable");
  const head = `export const ${lowerName}Table: ${type} = /* @__PURE__ */ ${make}(`;
  const values = declared.values.map((value) => `[${JSON.stringify(value.name)}, ${value.number}],`);
  const oneLine = `${head}${JSON.stringify(declared.fullName)}, [`;
  if (oneLine.length <= LINE_WIDTH && values.length > 0)
    return [oneLine, ...values.map((value) => `  ${value}`), "]);"];
  return [
    head,
    `  ${JSON.stringify(declared.fullName)},`,
    "  [",
    ...values.map((value) => `    ${value}`),
    "  ],",
    ");",
  ];
}

function printMessage(w: CodeWriter, message: Message): void {
  const { scope, file } = w;
  const { name, lowerName, typesModule } = scope.named(message.fullName);
  printCreate(w, message);
  w.line("");
  printEncode(w, message);
  w.line("");
  printDecode(w, message);
  const handWritten = scope.runtime.handWrittenJson(message.fullName);
  let writeJson = `write${name}Json`;
  let readJson = `read${name}Json`;
  if (handWritten === undefined) {
    w.line("");
    printWriteJson(w, message);
    w.line("");
    printReadJson(w, message);
  } else {
    writeJson = file.value(handWritten, writeJson);
    readJson = file.value(handWritten, readJson);
  }
  const messageType = file.type(scope.runtime.protobuf, "MessageType");
  const define = file.value(scope.runtime.codec, "defineMessage");
  const type = file.type(typesModule, name);
  const head = `export const ${lowerName}Codec: ${messageType}<${type}> = /* @__PURE__ */ ${define}(`;
  const parts = [
    `create: create${name},`,
    `encode: encode${name},`,
    `decode: decode${name},`,
    `writeJson: ${writeJson},`,
    `readJson: ${readJson},`,
  ];
  w.line("");
  w.raw(definition(head, message.fullName, parts));
}

/**
 * An extension is read and written as the only field of a message, its record, out of the unknown fields of the message
 * that it extends.
 */
function printExtension(w: CodeWriter, extension: Extension): void {
  const { scope, file } = w;
  const { jsonName, extendee, fullName } = extension;
  const { name, lowerName } = scope.named(jsonName);
  const field: Field = { ...extension, name: jsonName };
  const record: Message = {
    ...extension,
    fullName: jsonName,
    fields: [field],
    oneofs: [],
    messages: [],
    enums: [],
    extensions: [],
    extensible: false,
    extensionRanges: [],
    reserved: { numbers: [], names: [] },
    hasJsonFormat: true,
  };
  const value = extensionValue(scope, file, extension);
  w.line(`type ${name} = ${file.type(scope.runtime.codec, "ExtensionRecord")}<${value}>;`);
  w.line("");
  for (const print of [printEncode, printDecode, printWriteJson, printReadJsonValue]) {
    print(w, record);
    w.line("");
  }
  const target = scope.named(extendee);
  const owner = file.type(target.typesModule, target.name);
  const type = `${file.type(scope.runtime.protobuf, "Extension")}<${owner}, ${value}>`;
  const define = file.value(scope.runtime.codec, "defineExtension");
  const head = `export const ${lowerName}Extension: ${type} = /* @__PURE__ */ ${define}(`;
  const isSet = scope.schema.messages.get(extendee)?.options.message_set_wire_format === true;
  const parts = [
    `extendee: ${JSON.stringify(extendee)},`,
    `number: ${extension.number},`,
    ...(isSet ? ["messageSet: true,"] : []),
    `encode: encode${name},`,
    `decode: decode${name},`,
    `writeJson: write${name}Json,`,
    `readJson: read${name}Json,`,
  ];
  w.raw(definition(head, fullName, parts));
}

/** `head"name", { parts });`, broken behind the parenthesis when it is long. */
function definition(head: string, fullName: string, parts: readonly string[]): string[] {
  const oneLine = `${head}${JSON.stringify(fullName)}, {`;
  if (oneLine.length <= LINE_WIDTH) return [oneLine, ...parts.map((part) => `  ${part}`), "});"];
  return [head, `  ${JSON.stringify(fullName)},`, "  {", ...parts.map((part) => `    ${part}`), "  },", ");"];
}
