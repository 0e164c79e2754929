import type { DescriptorProto, FieldDescriptorProto, FileDescriptorSet } from "../protobuf/descriptor.ts";
import type { Value } from "../registry/index.ts";
import type { ShapeOf } from "./endpoints.ts";

/** Go kinds by `FieldDescriptorProto.Type`, without the types that have a name (10 group, 11 message, 14 enum). */
const KINDS: Readonly<Record<number, string>> = {
  1: "float64",
  2: "float32",
  3: "int64",
  4: "uint64",
  5: "int32",
  6: "uint64",
  7: "uint32",
  8: "bool",
  9: "string",
  12: "[]uint8",
  13: "uint32",
  15: "int32",
  16: "int64",
  17: "int32",
  18: "int64",
};
const REPEATED = 3;
/** A message, its fields, and theirs (go-micro `server/extractor.go`). */
const MAX_DEPTH = 3;

interface Message {
  /** As Go names it: `Outer_Inner`. */
  readonly name: string;
  readonly descriptor: DescriptorProto;
}

/**
 * Message shapes as go-micro's services tell them: fields by their name in the .proto, types as in Go. Lists are
 * `[]Elem` and are not looked into; maps, for which go-micro has no type, are `map[string]Elem`.
 */
export function createShapes(set: FileDescriptorSet): ShapeOf {
  const messages = new Map<string, Message>();
  for (const { package: scope = "", messageType } of set.file) collect(messages, messageType, scope, "");

  function shape(fullName: string, depth: number): Value {
    const message = messages.get(fullName);
    const name = message?.name ?? goName(fullName);
    const fields = depth + 1 < MAX_DEPTH ? (message?.descriptor.field ?? []) : [];
    return { name, type: name, values: fields.map((field) => fieldValue(field, depth + 1)) };
  }
  function fieldValue(field: FieldDescriptorProto, depth: number): Value {
    const name = field.name ?? "";
    const fullName = (field.typeName ?? "").replace(/^\./, "");
    const message = messages.get(fullName);
    if (message?.descriptor.options?.mapEntry === true) {
      const [key, value] = message.descriptor.field;
      return { name, type: `map[${typeOf(key)}]${typeOf(value)}`, values: [] };
    }
    if (field.label === REPEATED) return { name, type: `[]${typeOf(field)}`, values: [] };
    return message === undefined
      ? { name, type: typeOf(field), values: [] }
      : { ...shape(fullName, depth), name };
  }
  function typeOf(field: FieldDescriptorProto | undefined): string {
    const fullName = (field?.typeName ?? "").replace(/^\./, "");
    return KINDS[field?.type ?? 0] ?? messages.get(fullName)?.name ?? goName(fullName);
  }

  return (typeName) => (messages.has(typeName) ? shape(typeName, 0) : null);
}

function collect(
  into: Map<string, Message>,
  descriptors: readonly DescriptorProto[],
  scope: string,
  outer: string,
): void {
  for (const descriptor of descriptors) {
    const own = descriptor.name ?? "";
    const fullName = scope === "" ? own : `${scope}.${own}`;
    const name = outer === "" ? own : `${outer}_${own}`;
    into.set(fullName, { name, descriptor });
    collect(into, descriptor.nestedType, fullName, name);
  }
}

/** An enum or unknown message: its last word. */
function goName(fullName: string): string {
  return fullName.slice(fullName.lastIndexOf(".") + 1);
}
