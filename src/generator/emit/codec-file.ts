import type { Enum, Message, SchemaFile } from "../schema/schema.ts";
import { CodeWriter } from "./codec/codec-writer.ts";
import { printCreate } from "./codec/create.ts";
import { printDecode } from "./codec/decode.ts";
import { printEncode } from "./codec/encode.ts";
import { printReadJson } from "./codec/read-json.ts";
import { printWriteJson } from "./codec/write-json.ts";
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
  const declared = declarations.flatMap((declaration) => {
    const { name, lowerName } = scope.named(declaration.fullName);
    if (!isMessage(declaration)) return [`${lowerName}Table`];
    const ownJson = scope.runtime.handWrittenJson(declaration.fullName) === undefined;
    return [
      `create${name}`,
      `encode${name}`,
      `decode${name}`,
      ...(ownJson ? [`write${name}Json`, `read${name}Json`] : []),
      `${lowerName}Codec`,
      `${lowerName}Members`,
    ];
  });
  const file = createModuleFile(path, declared, importExtension);
  const body: string[] = [];
  // Tables first: functions refer to them, and a module runs from the top.
  for (const declaration of declarations)
    if (!isMessage(declaration)) body.push(...printTable(scope, file, declaration), "");
  for (const declaration of declarations)
    if (isMessage(declaration)) body.push(...printMessage(scope, file, declaration), "");
  return file.print(fileHead(schemaFile), body.length > 0 ? body : ["export {};"]);
}

type File = ReturnType<typeof createModuleFile>;

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

function printMessage(scope: Scope, file: File, message: Message): string[] {
  const { name, lowerName, typesModule } = scope.named(message.fullName);
  const w = new CodeWriter(scope, file);
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
  const parts = [
    `create: create${name},`,
    `encode: encode${name},`,
    `decode: decode${name},`,
    `writeJson: ${writeJson},`,
    `readJson: ${readJson},`,
  ];
  const head = `export const ${lowerName}Codec: ${messageType}<${type}> = /* @__PURE__ */ ${define}(`;
  const oneLine = `${head}${JSON.stringify(message.fullName)}, {`;
  if (oneLine.length <= LINE_WIDTH)
    return [...w.lines, "", oneLine, ...parts.map((part) => `  ${part}`), "});"];
  return [
    ...w.lines,
    "",
    head,
    `  ${JSON.stringify(message.fullName)},`,
    "  {",
    ...parts.map((part) => `    ${part}`),
    "  },",
    ");",
  ];
}
