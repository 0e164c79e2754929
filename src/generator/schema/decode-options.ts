import type { EncodedOptions } from "./descriptor-reader.ts";
import type { Linked } from "./linked.ts";
import { readFields, readVarint, WireError, type WireField, wireTypes } from "./read-wire.ts";
import type { AggregateEntry, FieldNode, OptionNode, OptionValue } from "./syntax.ts";

/** A field of an options message, or an extension of it. */
interface KnownField {
  readonly node: FieldNode;
  /** Full name behind a dot for extensions. */
  readonly name: string;
  readonly isExtension: boolean;
}

/** protoc nests option values less deep. */
const maxDepth = 100;

/**
 * Turns encoded options back into what a person would write, so that they are understood and checked like written ones.
 * What nobody declares is passed over.
 */
export function createOptionDecoder(linked: Linked): (options: EncodedOptions) => OptionNode[] {
  const extensions = new Map<string, Map<number, KnownField>>();
  for (const symbol of linked.symbols.values()) {
    const extendee = symbol.kind === "extension" ? linked.extendee(symbol.node) : undefined;
    if (symbol.kind !== "extension" || extendee === undefined) continue;
    const known = extensions.get(extendee) ?? new Map<number, KnownField>();
    extensions.set(extendee, known);
    const name = `.${symbol.fullName}`;
    known.set(Number(symbol.node.number.value), { node: symbol.node, name, isExtension: true });
  }
  const fieldsOf = new Map<string, Map<number, KnownField>>();

  function knownFields(typeName: string): Map<number, KnownField> {
    let known = fieldsOf.get(typeName);
    if (known === undefined) {
      const symbol = linked.symbols.get(typeName);
      known = new Map(extensions.get(typeName));
      for (const node of symbol?.kind === "message" ? symbol.node.fields : [])
        known.set(Number(node.number.value), { node, name: node.name.text, isExtension: false });
      fieldsOf.set(typeName, known);
    }
    return known;
  }

  return ({ type, bytes, at }) =>
    entriesOf(knownFields(`google.protobuf.${type}`), bytes, at, 0).map(({ name, isExtension, value }) => ({
      parts: [{ name, isExtension, at }],
      value,
      at,
    }));

  function entriesOf(
    known: Map<number, KnownField>,
    bytes: Uint8Array,
    at: number,
    depth: number,
  ): AggregateEntry[] {
    if (depth > maxDepth) throw new WireError("an option is nested too deep");
    // By field, in the order of first appearance: a single message may come in pieces, which belong together.
    const found = new Map<KnownField, WireField[]>();
    for (const field of readFields(bytes)) {
      const target = known.get(field.number);
      if (target === undefined) continue;
      const before = found.get(target);
      if (before === undefined) found.set(target, [field]);
      else before.push(field);
    }
    return [...found].flatMap(([{ node, name, isExtension }, fields]) =>
      valuesOf(node, fields, at, depth).map((value) => ({ name, isExtension, at, hasColon: true, value })),
    );
  }

  function valuesOf(node: FieldNode, fields: readonly WireField[], at: number, depth: number): OptionValue[] {
    const isMany = node.label === "repeated" || node.mapKey !== undefined;
    const target = linked.target(node.type);
    const inner =
      node.mapEntry === undefined
        ? target?.kind === "message" && knownFields(target.fullName)
        : entryFields(node.mapEntry);
    if (inner) {
      const pieces = fields.map((field) => field.bytes);
      return (isMany ? pieces : [Buffer.concat(pieces)]).map((bytes) => ({
        kind: "aggregate",
        entries: entriesOf(inner, bytes, at, depth + 1),
        at,
      }));
    }
    const values = fields
      .flatMap((field) => scalarBytes(node, field))
      .map((bytes) => toValue(node, bytes, at));
    return isMany ? values : values.slice(-1);
  }

  function toValue(node: FieldNode, bytes: Uint8Array, at: number): OptionValue {
    const target = linked.target(node.type);
    if (target?.kind !== "enum") return scalarValue(node.type.text, bytes, at);
    const number = BigInt.asIntN(32, readVarint(bytes).value);
    const named = target.node.values.find((value) => value.number.value === number);
    if (named === undefined) return { kind: "integer", value: number, isDecimal: true, at };
    return { kind: "name", name: named.name.text, isNegative: false, at };
  }
}

function entryFields({ key, value }: NonNullable<FieldNode["mapEntry"]>): Map<number, KnownField> {
  return new Map([
    [1, { node: key, name: "key", isExtension: false }],
    [2, { node: value, name: "value", isExtension: false }],
  ]);
}

/** The bytes of each scalar of a field: several when they are packed. */
function scalarBytes(node: FieldNode, { wireType, bytes }: WireField): Uint8Array[] {
  const type = node.type.text;
  if (wireType !== wireTypes.bytes || type === "string" || type === "bytes") return [bytes];
  const result: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = fixedSize(type);
    const end = size === 0 ? readVarint(bytes, at).end : at + size;
    result.push(bytes.subarray(at, end));
    at = end;
  }
  return result;
}

function fixedSize(type: string): number {
  if (type === "double" || type.endsWith("fixed64")) return 8;
  return type === "float" || type.endsWith("fixed32") ? 4 : 0;
}

function scalarValue(type: string, bytes: Uint8Array, at: number): OptionValue {
  const integer = (value: bigint): OptionValue => ({ kind: "integer", value, isDecimal: true, at });
  const size = fixedSize(type);
  if (size > 0 && bytes.length !== size) throw new WireError("a number in an option has the wrong length");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type) {
    case "string":
    case "bytes":
      return { kind: "string", bytes: Buffer.from(bytes).toString("latin1"), at };
    case "bool":
      return { kind: "name", name: String(readVarint(bytes).value !== 0n), isNegative: false, at };
    case "float":
      return { kind: "float", value: view.getFloat32(0, true), at };
    case "double":
      return { kind: "float", value: view.getFloat64(0, true), at };
    case "fixed32":
      return integer(BigInt(view.getUint32(0, true)));
    case "sfixed32":
      return integer(BigInt(view.getInt32(0, true)));
    case "fixed64":
      return integer(view.getBigUint64(0, true));
    case "sfixed64":
      return integer(view.getBigInt64(0, true));
    case "uint32":
    case "uint64":
      return integer(readVarint(bytes).value);
    case "sint32":
    case "sint64": {
      const value = readVarint(bytes).value;
      return integer((value >> 1n) ^ -(value & 1n));
    }
    default:
      return integer(BigInt.asIntN(64, readVarint(bytes).value));
  }
}
