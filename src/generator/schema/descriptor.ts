import type { InterpretedOptions } from "./all-options.ts";
import { descriptorDefault, jsonNameOption } from "./default-value.ts";
import { editionNumber } from "./editions.ts";
import type { Features } from "./features.ts";
import { fieldTraits, fileFeatures, messageFeatures } from "./features.ts";
import { toJsonName } from "./json-name.ts";
import type { Linked } from "./linked.ts";
import { scalarTypes } from "./linked.ts";
import { mapEntryName } from "./symbols.ts";
import type {
  EnumNode,
  FieldNode,
  FileNode,
  MessageNode,
  NameNode,
  OneofNode,
  OptionNode,
  RangeNode,
  ServiceNode,
} from "./syntax.ts";
import { syntheticOneofs } from "./synthetic-oneofs.ts";
import { createOptionEncoder } from "./wire.ts";
import { WireWriter } from "./wire-writer.ts";

/** Numbers of FieldDescriptorProto.Type. */
const typeNumbers: Readonly<Record<string, number>> = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  fixed64: 6,
  fixed32: 7,
  bool: 8,
  string: 9,
  group: 10,
  message: 11,
  bytes: 12,
  uint32: 13,
  enum: 14,
  sfixed32: 15,
  sfixed64: 16,
  sint32: 17,
  sint64: 18,
};
const labelNumbers = { optional: 1, required: 2, repeated: 3 } as const;
const visibilityNumbers = { local: 1, export: 2 } as const;
/** One behind the largest field number. */
const maxFieldNumber = 536870912;
const maxInt32 = 2147483647;

/**
 * Encodes a google.protobuf.FileDescriptorSet, files in the order of `linked.files`, as protoc's
 * `--descriptor_set_out --include_imports` does. Holds no comments and positions.
 */
export function encodeDescriptorSet(
  linked: Linked,
  files: readonly FileNode[],
  interpreted: InterpretedOptions,
): Uint8Array {
  const optionTraits = new Map<FieldNode, { packed: boolean; delimited: boolean }>();
  const encodeOptions = createOptionEncoder((field) => {
    let traits = optionTraits.get(field);
    if (traits === undefined) {
      traits = fieldTraits(linked, field, featuresOfOwner(field), false);
      optionTraits.set(field, traits);
    }
    return traits;
  });
  let owners: Map<FieldNode, Features> | undefined;
  let entryNames: Map<FieldNode, string> | undefined;
  const set = new WireWriter();
  for (const file of files) set.message(1, (out) => writeFile(out, file));
  return set.finish();

  /** Features that an option's field inherits. */
  function featuresOfOwner(field: FieldNode): Features {
    if (owners === undefined) {
      owners = new Map();
      for (const file of linked.files) {
        for (const [message, features] of messageFeatures(file)) {
          for (const child of message.fields) owners.set(child, features);
          for (const child of message.extends.flatMap((node) => node.fields)) owners.set(child, features);
        }
        for (const child of file.extends.flatMap((node) => node.fields))
          owners.set(child, fileFeatures(file));
      }
    }
    return owners.get(field) ?? fileFeatures(linked.files[0]!);
  }

  function writeFile(out: WireWriter, file: FileNode): void {
    out.text(1, file.path);
    if (file.package !== undefined) out.text(2, file.package.text);
    const imports = file.imports.filter((node) => node.kind !== "option");
    for (const node of imports) out.text(3, node.path);
    for (const message of file.messages) out.message(4, (inner) => writeMessage(inner, file, message));
    for (const node of file.enums) out.message(5, (inner) => writeEnum(inner, node));
    for (const node of file.services) out.message(6, (inner) => writeService(inner, node));
    for (const { extendee, fields } of file.extends) {
      for (const field of fields) out.message(7, (inner) => writeField(inner, file, field, { extendee }));
    }
    writeOptions(out, 8, file.options);
    imports.forEach((node, index) => {
      if (node.kind === "public") out.integer(10, index);
    });
    imports.forEach((node, index) => {
      if (node.kind === "weak") out.integer(11, index);
    });
    if (file.edition === "proto3") out.text(12, "proto3");
    else if (file.edition !== "proto2") {
      out.text(12, "editions");
      out.integer(14, editionNumber(file.edition));
    }
    for (const node of file.imports) if (node.kind === "option") out.text(15, node.path);
  }

  function writeMessage(out: WireWriter, file: FileNode, node: MessageNode): void {
    out.text(1, node.name.text);
    const synthetic = syntheticOneofs(file, node);
    const indexes = new Map<OneofNode | FieldNode, number>();
    for (const member of [...node.oneofs, ...synthetic.keys()]) indexes.set(member, indexes.size);
    for (const field of node.fields) {
      const oneof = indexes.get(field.oneof ?? field);
      out.message(2, (inner) => writeField(inner, file, field, { oneof }));
    }
    // protoc lists nested messages and the hidden ones of maps in the order of the text.
    const nested: { at: number; write: (inner: WireWriter) => void }[] = [
      ...node.messages.map((child) => ({
        at: child.name.at,
        write: (inner: WireWriter) => writeMessage(inner, file, child),
      })),
      ...node.fields
        .filter((field) => field.mapEntry !== undefined)
        .map((field) => ({
          at: field.name.at,
          write: (inner: WireWriter) => writeMapEntry(inner, file, field),
        })),
    ];
    for (const { write } of nested.sort((a, b) => a.at - b.at)) out.message(3, write);
    for (const child of node.enums) out.message(4, (inner) => writeEnum(inner, child));
    const isMessageSet = hasFlag(node.options, "message_set_wire_format");
    for (const range of node.extensionRanges) {
      out.message(5, (inner) => {
        writeRange(inner, range, 1, isMessageSet ? maxInt32 : maxFieldNumber);
        writeOptions(inner, 3, range.options);
      });
    }
    for (const { extendee, fields } of node.extends) {
      for (const field of fields) out.message(6, (inner) => writeField(inner, file, field, { extendee }));
    }
    writeOptions(out, 7, node.options);
    for (const oneof of node.oneofs) {
      out.message(8, (inner) => {
        inner.text(1, oneof.name.text);
        writeOptions(inner, 2, oneof.options);
      });
    }
    for (const name of synthetic.values()) out.message(8, (inner) => inner.text(1, name));
    for (const range of node.reservedRanges) {
      out.message(9, (inner) => writeRange(inner, range, 1, isMessageSet ? maxInt32 : maxFieldNumber));
    }
    for (const name of node.reservedNames) out.text(10, name.text);
    if (node.visibility !== undefined) out.integer(11, visibilityNumbers[node.visibility]);
  }

  function writeMapEntry(out: WireWriter, file: FileNode, field: FieldNode): void {
    const { key, value } = field.mapEntry!;
    out.text(1, mapEntryName(field.name.text));
    out.message(2, (inner) => writeField(inner, file, key, {}));
    out.message(2, (inner) => writeField(inner, file, value, {}));
    // MessageOptions.map_entry
    out.message(7, (inner) => inner.flag(7, true));
  }

  function writeField(
    out: WireWriter,
    file: FileNode,
    field: FieldNode,
    { oneof, extendee }: { oneof?: number | undefined; extendee?: NameNode },
  ): void {
    const target = linked.target(field.type);
    out.text(1, field.name.text);
    if (extendee !== undefined) out.text(2, `.${linked.target(extendee)?.fullName ?? extendee.text}`);
    out.integer(3, Number(field.number.value));
    out.integer(
      4,
      field.mapEntry === undefined ? labelNumbers[field.label ?? "optional"] : labelNumbers.repeated,
    );
    if (field.mapEntry !== undefined) {
      out.integer(5, typeNumbers.message!);
      out.text(6, `.${mapEntryOf(field)}`);
    } else if (scalarTypes.has(field.type.text) && target === undefined) {
      out.integer(5, typeNumbers[field.type.text]!);
    } else {
      out.integer(5, typeNumbers[field.isGroup ? "group" : (target?.kind ?? "message")]!);
      out.text(6, `.${target?.fullName ?? field.type.text}`);
    }
    const value = descriptorDefault(field);
    if (value !== undefined) out.text(7, value);
    writeOptions(out, 8, field.options);
    if (oneof !== undefined) out.integer(9, oneof);
    out.text(10, jsonNameOption(field) ?? toJsonName(field.name.text));
    if (file.edition === "proto3" && field.label === "optional") out.flag(17, true);
  }

  function mapEntryOf(field: FieldNode): string {
    entryNames ??= new Map(
      [...linked.symbols.values()].flatMap((symbol) =>
        symbol.kind === "map entry" ? [[symbol.node, symbol.fullName] as const] : [],
      ),
    );
    return entryNames.get(field) ?? mapEntryName(field.name.text);
  }

  function writeEnum(out: WireWriter, node: EnumNode): void {
    out.text(1, node.name.text);
    for (const value of node.values) {
      out.message(2, (inner) => {
        inner.text(1, value.name.text);
        inner.integer(2, Number(value.number.value));
        writeOptions(inner, 3, value.options);
      });
    }
    writeOptions(out, 3, node.options);
    for (const range of node.reservedRanges) out.message(4, (inner) => writeRange(inner, range, 0, maxInt32));
    for (const name of node.reservedNames) out.text(5, name.text);
    if (node.visibility !== undefined) out.integer(6, visibilityNumbers[node.visibility]);
  }

  function writeService(out: WireWriter, node: ServiceNode): void {
    out.text(1, node.name.text);
    for (const method of node.methods) {
      out.message(2, (inner) => {
        inner.text(1, method.name.text);
        inner.text(2, `.${linked.target(method.input)?.fullName ?? method.input.text}`);
        inner.text(3, `.${linked.target(method.output)?.fullName ?? method.output.text}`);
        if (method.hasBlock && method.options.length === 0) inner.binary(4, "");
        writeOptions(inner, 4, method.options);
        if (method.clientStreaming) inner.flag(5, true);
        if (method.serverStreaming) inner.flag(6, true);
      });
    }
    writeOptions(out, 3, node.options);
  }

  function writeOptions(out: WireWriter, field: number, nodes: readonly OptionNode[]): void {
    const message = interpreted.get(nodes);
    if (message !== undefined && message.fields.size > 0)
      out.message(field, () => encodeOptions(out, message), true);
  }
}

/** `end` of messages is exclusive (`behind` is 1), of enums inclusive (0). */
function writeRange(out: WireWriter, range: RangeNode, behind: 0 | 1, max: number): void {
  out.integer(1, Number(range.start));
  out.integer(2, range.end === undefined ? max : Number(range.end) + behind);
}

function hasFlag(options: readonly OptionNode[], name: string): boolean {
  return options.some(
    ({ parts, value }) =>
      parts.length === 1 && parts[0]!.name === name && value.kind === "name" && value.name === "true",
  );
}
