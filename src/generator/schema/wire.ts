import type protobuf from "protobufjs";
import type { OptionData, OptionField, OptionMessage } from "./option-message.ts";
import type { FieldNode } from "./syntax.ts";

const wireVarint = 0;
const wire64 = 1;
const wireBytes = 2;
const wireGroupStart = 3;
const wireGroupEnd = 4;
const wire32 = 5;

/** Writes options as bytes, custom ones too, in the order of their numbers as protoc does since version 22. */
export function createOptionEncoder(
  createWriter: () => protobuf.Writer,
  traits: (field: FieldNode) => { readonly packed: boolean; readonly delimited: boolean },
): (message: OptionMessage) => Uint8Array {
  return (message) => {
    const writer = createWriter();
    writeMessage(writer, message);
    return writer.finish();
  };

  function writeMessage(writer: protobuf.Writer, message: OptionMessage): void {
    for (const { node, values } of byNumber([...message.fields.values()])) {
      if (isForSourceOnly(node)) continue;
      if (traits(node).packed) writePacked(writer, node, values);
      else for (const value of values) writeField(writer, node, value);
    }
  }

  function writePacked(writer: protobuf.Writer, node: FieldNode, values: readonly OptionData[]): void {
    if (values.length === 0) return;
    writer.uint32(tag(node, wireBytes)).fork();
    for (const value of values) writeScalar(writer, node.type.text, value);
    writer.ldelim();
  }

  function writeField(writer: protobuf.Writer, node: FieldNode, value: OptionData): void {
    if (value.kind === "message") {
      if (traits(node).delimited) {
        writer.uint32(tag(node, wireGroupStart));
        writeMessage(writer, value.value);
        writer.uint32(tag(node, wireGroupEnd));
      } else {
        writer.uint32(tag(node, wireBytes)).fork();
        writeMessage(writer, value.value);
        writer.ldelim();
      }
    } else if (value.kind === "any") {
      writer.uint32(tag(node, wireBytes)).fork();
      writer.uint32((1 << 3) | wireBytes).string(value.url);
      writer.uint32((2 << 3) | wireBytes).fork();
      writeMessage(writer, value.value);
      writer.ldelim().ldelim();
    } else if (value.kind === "bytes") {
      writer.uint32(tag(node, wireBytes)).bytes(Buffer.from(value.value, "latin1"));
    } else {
      writer.uint32(tag(node, wireTypeOf(node.type.text)));
      writeScalar(writer, node.type.text, value);
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

function tag(node: FieldNode, wireType: number): number {
  return ((Number(node.number.value) << 3) | wireType) >>> 0;
}

function wireTypeOf(type: string): number {
  if (type === "double" || type.endsWith("fixed64")) return wire64;
  return type === "float" || type.endsWith("fixed32") ? wire32 : wireVarint;
}

function writeScalar(writer: protobuf.Writer, type: string, data: OptionData): void {
  switch (data.kind) {
    case "bool":
      writer.bool(data.value);
      return;
    case "float":
      if (type === "float") writer.float(data.value);
      else writer.double(data.value);
      return;
    case "enum":
      writer.int32(Number(data.number));
      return;
    case "integer":
      writeInteger(writer, type, data.value);
      return;
    default:
      throw new Error(`A ${data.kind} is not a scalar`);
  }
}

function writeInteger(writer: protobuf.Writer, type: string, value: bigint): void {
  const long = toLong(value);
  switch (type) {
    case "sint32":
      writer.sint32(Number(value));
      return;
    case "uint32":
      writer.uint32(Number(value));
      return;
    case "fixed32":
      writer.fixed32(Number(value));
      return;
    case "sfixed32":
      writer.sfixed32(Number(value));
      return;
    case "sint64":
      writer.sint64(long);
      return;
    case "fixed64":
      writer.fixed64(long);
      return;
    case "sfixed64":
      writer.sfixed64(long);
      return;
    default:
      // int32, int64 and uint64 are the same varint of 64 bits.
      writer.int64(long);
  }
}

/** What protobufjs takes for 64 bits without a Long library. */
function toLong(value: bigint): protobuf.Long {
  const bits = BigInt.asUintN(64, value);
  const low = Number(bits & 0xffffffffn) | 0;
  const high = Number(bits >> 32n) | 0;
  return { low, high, unsigned: false } as protobuf.Long;
}
