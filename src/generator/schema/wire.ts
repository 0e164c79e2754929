import type { OptionData, OptionField, OptionMessage } from "./option-message.ts";
import type { FieldNode } from "./syntax.ts";
import { WireType, type WireWriter } from "./wire-writer.ts";

/** Writes options as bytes, custom ones too, in the order of their numbers as protoc does since version 22. */
export function createOptionEncoder(
  traits: (field: FieldNode) => { readonly packed: boolean; readonly delimited: boolean },
): (writer: WireWriter, message: OptionMessage) => void {
  return writeMessage;

  function writeMessage(writer: WireWriter, message: OptionMessage): void {
    for (const { node, values } of byNumber([...message.fields.values()])) {
      if (isForSourceOnly(node)) continue;
      if (traits(node).packed) writePacked(writer, node, values);
      else for (const value of values) writeField(writer, node, value);
    }
  }

  function writePacked(writer: WireWriter, node: FieldNode, values: readonly OptionData[]): void {
    if (values.length === 0) return;
    writer.message(numberOf(node), () => {
      for (const value of values) writeScalar(writer, node.type.text, value);
    });
  }

  function writeField(writer: WireWriter, node: FieldNode, data: OptionData): void {
    const number = numberOf(node);
    if (data.kind === "message") {
      if (traits(node).delimited) {
        writer.tag(number, WireType.groupStart);
        writeMessage(writer, data.value);
        writer.tag(number, WireType.groupEnd);
      } else writer.message(number, () => writeMessage(writer, data.value));
    } else if (data.kind === "any") {
      writer.message(number, () => {
        writer.text(1, data.url);
        writer.message(2, () => writeMessage(writer, data.value));
      });
    } else if (data.kind === "bytes") {
      writer.binary(number, data.value);
    } else {
      writer.tag(number, wireTypeOf(node.type.text));
      writeScalar(writer, node.type.text, data);
    }
  }
}

/** Options such as this one are meant for compilers, so descriptors do not have them. */
function isForSourceOnly({ options }: FieldNode): boolean {
  return options.some(
    ({ parts, value }) =>
      parts.length === 1 &&
      parts[0]!.name === "retention" &&
      value.kind === "name" &&
      value.name === "RETENTION_SOURCE",
  );
}

function byNumber(fields: readonly OptionField[]): OptionField[] {
  return fields.toSorted((a, b) => Number(a.node.number.value - b.node.number.value));
}

function numberOf(node: FieldNode): number {
  return Number(node.number.value);
}

function wireTypeOf(type: string): 0 | 1 | 5 {
  if (type === "double" || type.endsWith("fixed64")) return WireType.fixed64;
  return type === "float" || type.endsWith("fixed32") ? WireType.fixed32 : WireType.varint;
}

function writeScalar(writer: WireWriter, type: string, data: OptionData): void {
  switch (data.kind) {
    case "bool":
      writer.varint(data.value ? 1 : 0);
      return;
    case "float":
      if (type === "float") writer.float(data.value);
      else writer.double(data.value);
      return;
    case "enum":
      writer.varint64(data.number);
      return;
    case "integer":
      writeInteger(writer, type, data.value);
      return;
    default:
      throw new Error(`A ${data.kind} is not a scalar`);
  }
}

function writeInteger(writer: WireWriter, type: string, value: bigint): void {
  switch (type) {
    case "sint32":
    case "sint64":
      // Zigzag: the sign is the lowest bit.
      writer.varint64(value < 0n ? -value * 2n - 1n : value * 2n);
      return;
    case "fixed32":
    case "sfixed32":
      writer.fixed32(value);
      return;
    case "fixed64":
    case "sfixed64":
      writer.fixed64(value);
      return;
    default:
      // int32, int64, uint32 and uint64 are the same varint of 64 bits.
      writer.varint64(value);
  }
}
