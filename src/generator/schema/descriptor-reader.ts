import { toJsonName } from "./json-name.ts";
import type { OptionsType } from "./option-message.ts";
import { parseDefault } from "./parse-default.ts";
import type { WireMessage } from "./read-wire.ts";
import { WireError } from "./read-wire.ts";
import type { DescriptorPath, SourceInfo } from "./source-info.ts";
import type {
  EnumNode,
  ExtendNode,
  FieldNode,
  MessageNode,
  MethodNode,
  NameNode,
  OneofNode,
  OptionNode,
  OptionValue,
  RangeNode,
  ServiceNode,
} from "./syntax.ts";

/** Options as bytes, to be read once all extensions are known. */
export interface EncodedOptions {
  readonly type: OptionsType;
  readonly bytes: Uint8Array;
  /** The declaration's own list, where what they mean belongs. */
  readonly target: OptionNode[];
  readonly at: number;
}

/** Turns the declarations of one file into nodes. */
export interface DescriptorReader {
  /** @param position where it is among its like, for files without source info */
  message(descriptor: WireMessage, path: DescriptorPath, scope: string, position: number): MessageNode;
  enum(descriptor: WireMessage, path: DescriptorPath): EnumNode;
  service(descriptor: WireMessage, path: DescriptorPath): ServiceNode;
  extends(descriptor: WireMessage, number: number, path: DescriptorPath): ExtendNode[];
  options(descriptor: WireMessage, number: number, type: OptionsType, path: DescriptorPath): OptionNode[];
}

/** Names of FieldDescriptorProto.Type by number; types that are declared have none. */
const scalarNames: readonly (string | undefined)[] = [
  ...[undefined, "double", "float", "int64", "uint64", "int32", "fixed64", "fixed32", "bool", "string"],
  ...[undefined, undefined, "bytes", "uint32", undefined, "sfixed32", "sfixed64", "sint32", "sint64"],
];
const groupType = 10;
const labels = { required: 2, repeated: 3 } as const;
const visibilities = [undefined, "local", "export"] as const;
/** protoc's limit for nested messages. */
const maxDepth = 32;
/** What `max` is: one behind the largest field number, or the largest int32 for message sets and enums. */
const ends = { messages: [536870912, 2147483647], enums: [2147483647] } as const;

/** The hidden message of a map, and where it stands among the nested ones. */
interface MapEntry {
  readonly descriptor: WireMessage;
  readonly index: number;
}

/** @param encoded takes the options of everything that is read */
export function createDescriptorReader(
  info: SourceInfo,
  edition: string,
  encoded: EncodedOptions[],
): DescriptorReader {
  const at = (path: DescriptorPath, fallback = 0) => info.offset(path) ?? fallback;

  function named(
    descriptor: WireMessage,
    path: DescriptorPath,
    type: OptionsType,
    { optionsNumber, position = 0 }: { optionsNumber: number; position?: number },
  ) {
    return {
      name: { text: descriptor.text(1) ?? "", at: at([...path, 1], at(path, position)) },
      comment: info.comment(path),
      options: options(descriptor, optionsNumber, type, path),
    };
  }

  function options(
    descriptor: WireMessage,
    number: number,
    type: OptionsType,
    path: DescriptorPath,
  ): OptionNode[] {
    const bytes = descriptor.bytes(number);
    const target: OptionNode[] = [];
    if (bytes !== undefined) encoded.push({ type, bytes, target, at: at([...path, number], at(path)) });
    return target;
  }

  function message(
    descriptor: WireMessage,
    path: DescriptorPath,
    scope: string,
    position: number,
  ): MessageNode {
    if (path.length / 2 > maxDepth) throw new WireError("its messages are nested too deep");
    const fullName = `${scope}.${descriptor.text(1) ?? ""}`;
    const members = descriptor.messages(2);
    const groups = new Set(members.filter(isGroup).map((member) => member.text(6)));
    const entries = new Map<string, MapEntry>();
    const messages: MessageNode[] = [];
    descriptor.messages(3).forEach((child, index) => {
      const name = `${fullName}.${child.text(1) ?? ""}`;
      if (child.message(7)?.flag(7)) entries.set(name, { descriptor: child, index });
      else {
        const node = message(child, [...path, 3, index], fullName, index);
        messages.push({ ...node, isGroup: groups.has(name) });
      }
    });
    const ofOneof = (member: WireMessage) => (member.has(9) ? member.integer(9) : undefined);
    // The oneof that stands for proto3's `optional` is nobody's.
    const hidden = new Set(members.filter((member) => member.flag(17)).map(ofOneof));
    const oneofs = descriptor.messages(8).map((oneof, index): OneofNode | undefined => {
      if (hidden.has(index)) return undefined;
      return { ...named(oneof, [...path, 8, index], "OneofOptions", { optionsNumber: 2 }), fields: [] };
    });
    const fields = members.map((member, index) => {
      const oneof = oneofs[ofOneof(member) ?? -1];
      const read = field(member, [...path, 2, index], oneof, entries.get(member.text(6) ?? ""));
      // A group is one declaration; its comment stands at the message.
      const group = read.isGroup && messages.find((child) => child.name.text === read.type.text);
      const node = group ? { ...read, comment: group.comment } : read;
      oneof?.fields.push(node);
      return node;
    });
    return {
      ...named(descriptor, path, "MessageOptions", { optionsNumber: 7, position }),
      fields,
      oneofs: oneofs.filter((oneof) => oneof !== undefined),
      messages,
      enums: descriptor.messages(4).map((child, index) => enumNode(child, [...path, 4, index])),
      extends: extendNodes(descriptor, 6, path),
      extensionRanges: descriptor.messages(5).map((range, index) => ({
        ...toRange(range, at([...path, 5, index], at(path)), "messages"),
        options: options(range, 3, "ExtensionRangeOptions", [...path, 5, index]),
      })),
      reservedRanges: descriptor
        .messages(9)
        .map((range, index) => toRange(range, at([...path, 9, index], at(path)), "messages")),
      reservedNames: reservedNames(descriptor, 10, path),
      isGroup: false,
      visibility: visibilities[descriptor.integer(11) ?? 0],
    };
  }

  function isGroup(descriptor: WireMessage): boolean {
    return edition === "proto2" && descriptor.integer(5) === groupType;
  }

  function field(
    descriptor: WireMessage,
    path: DescriptorPath,
    oneof?: OneofNode | undefined,
    entry?: MapEntry | undefined,
  ): FieldNode {
    const node = named(descriptor, path, "FieldOptions", {
      optionsNumber: 8,
      ...(entry && { position: entry.index }),
    });
    const here = node.name.at;
    node.options.push(...pseudoOptions(descriptor, here));
    const [key, value] = entry?.descriptor.messages(2) ?? [];
    const typeAt = at([...path, 6], at([...path, 5], here));
    const type: NameNode = { text: typeName(value ?? descriptor), at: typeAt };
    const mapKey = key && { text: typeName(key), at: typeAt };
    return {
      ...node,
      label: mapKey === undefined ? labelOf(descriptor, oneof) : undefined,
      labelAt: at([...path, 4], at(path)),
      type,
      mapKey,
      mapEntry: mapKey && { key: entryField("key", mapKey, 1n), value: entryField("value", type, 2n) },
      number: { value: BigInt(descriptor.integer(3) ?? 0), at: at([...path, 3], here) },
      oneof,
      isGroup: isGroup(descriptor),
    };
  }

  function labelOf(descriptor: WireMessage, oneof: OneofNode | undefined): FieldNode["label"] {
    const label = descriptor.integer(4);
    if (label === labels.repeated) return "repeated";
    // Editions say with features what proto2 says with labels; protoc fills both in.
    if (edition === "proto2") {
      if (label === labels.required) return "required";
      return oneof === undefined ? "optional" : undefined;
    }
    return descriptor.flag(17) ? "optional" : undefined;
  }

  /** A scalar's name, or a full name behind a dot; of a group, which is declared where it is used, the last part. */
  function typeName(descriptor: WireMessage): string {
    const name = descriptor.text(6);
    if (name === undefined) return scalarNames[descriptor.integer(5) ?? 0] ?? "";
    return isGroup(descriptor) ? name.slice(name.lastIndexOf(".") + 1) : name;
  }

  function enumNode(descriptor: WireMessage, path: DescriptorPath): EnumNode {
    return {
      ...named(descriptor, path, "EnumOptions", { optionsNumber: 3 }),
      values: descriptor.messages(2).map((value, index) => {
        const valuePath = [...path, 2, index];
        const node = named(value, valuePath, "EnumValueOptions", { optionsNumber: 3 });
        const number = BigInt(value.integer(2) ?? 0);
        return { ...node, number: { value: number, at: at([...valuePath, 2], node.name.at) } };
      }),
      reservedRanges: descriptor
        .messages(4)
        .map((range, index) => toRange(range, at([...path, 4, index], at(path)), "enums")),
      reservedNames: reservedNames(descriptor, 5, path),
      visibility: visibilities[descriptor.integer(6) ?? 0],
    };
  }

  function reservedNames(descriptor: WireMessage, number: number, path: DescriptorPath): NameNode[] {
    return descriptor
      .texts(number)
      .map((text, index) => ({ text, at: at([...path, number, index], at(path)) }));
  }

  function extendNodes(descriptor: WireMessage, number: number, path: DescriptorPath): ExtendNode[] {
    return descriptor.messages(number).map((extension, index) => {
      const own = [...path, number, index];
      return {
        extendee: { text: extension.text(2) ?? "", at: at([...own, 2], at(own)) },
        fields: [field(extension, own)],
      };
    });
  }

  function service(descriptor: WireMessage, path: DescriptorPath): ServiceNode {
    return {
      ...named(descriptor, path, "ServiceOptions", { optionsNumber: 3 }),
      methods: descriptor.messages(2).map((method, index) => methodNode(method, [...path, 2, index])),
    };
  }

  function methodNode(descriptor: WireMessage, path: DescriptorPath): MethodNode {
    return {
      ...named(descriptor, path, "MethodOptions", { optionsNumber: 4 }),
      input: { text: descriptor.text(2) ?? "", at: at([...path, 2], at(path)) },
      output: { text: descriptor.text(3) ?? "", at: at([...path, 3], at(path)) },
      clientStreaming: descriptor.flag(5),
      serverStreaming: descriptor.flag(6),
      hasBlock: descriptor.has(4),
    };
  }

  return { message, enum: enumNode, service, extends: extendNodes, options };
}

/** What is written among the options of a field and stands beside them in a descriptor. */
function pseudoOptions(descriptor: WireMessage, at: number): OptionNode[] {
  const result: OptionNode[] = [];
  const add = (name: string, value: OptionValue) =>
    result.push({ parts: [{ name, isExtension: false, at }], value, at });
  const jsonName = descriptor.text(10);
  // protoc always fills it in, with brackets for extensions.
  if (jsonName !== undefined && !descriptor.has(2) && jsonName !== toJsonName(descriptor.text(1) ?? ""))
    add("json_name", { kind: "string", bytes: Buffer.from(jsonName, "utf8").toString("latin1"), at });
  const text = descriptor.text(7);
  if (text !== undefined) add("default", parseDefault(text, scalarNames[descriptor.integer(5) ?? 0], at));
  return result;
}

/** Ends of ranges of messages are exclusive, of enums inclusive. */
function toRange(descriptor: WireMessage, at: number, of: keyof typeof ends): RangeNode {
  const start = descriptor.integer(1) ?? 0;
  const end = descriptor.integer(2) ?? 0;
  const isMax = (ends[of] as readonly number[]).includes(end);
  const last = of === "messages" ? end - 1 : end;
  return { start: BigInt(start), end: isMax ? undefined : BigInt(last), at, options: [] };
}

function entryField(name: string, type: NameNode, number: bigint): FieldNode {
  return {
    name: { text: name, at: type.at },
    comment: undefined,
    options: [],
    label: undefined,
    labelAt: type.at,
    type,
    mapKey: undefined,
    mapEntry: undefined,
    number: { value: number, at: type.at },
    oneof: undefined,
    isGroup: false,
  };
}
