import type { Linked } from "./linked.ts";
import { parentScope } from "./symbols.ts";
import type { EnumNode, FieldNode, FileNode, MessageNode, OptionNode } from "./syntax.ts";

/** What `features.*` of editions say, and what proto2 and proto3 mean by themselves. Values as in descriptor.proto. */
export interface Features {
  readonly field_presence: "EXPLICIT" | "IMPLICIT" | "LEGACY_REQUIRED";
  readonly enum_type: "OPEN" | "CLOSED";
  readonly repeated_field_encoding: "PACKED" | "EXPANDED";
  readonly utf8_validation: "VERIFY" | "NONE";
  readonly message_encoding: "LENGTH_PREFIXED" | "DELIMITED";
  readonly json_format: "ALLOW" | "LEGACY_BEST_EFFORT";
  /** Of a file; undefined when it does not say. */
  readonly default_symbol_visibility?: string;
  /** Undefined: as the edition has it. */
  readonly enforce_naming_style?: string;
}

const proto2: Features = {
  field_presence: "EXPLICIT",
  enum_type: "CLOSED",
  repeated_field_encoding: "EXPANDED",
  utf8_validation: "NONE",
  message_encoding: "LENGTH_PREFIXED",
  json_format: "LEGACY_BEST_EFFORT",
};
const proto3: Features = {
  field_presence: "IMPLICIT",
  enum_type: "OPEN",
  repeated_field_encoding: "PACKED",
  utf8_validation: "VERIFY",
  message_encoding: "LENGTH_PREFIXED",
  json_format: "ALLOW",
};
/** 2023 and later ones, so far. */
const editions: Features = { ...proto3, field_presence: "EXPLICIT" };

/** Features of a whole file. */
export function fileFeatures(file: FileNode): Features {
  const base = file.edition === "proto2" ? proto2 : file.edition === "proto3" ? proto3 : editions;
  return withOptions(base, file.options);
}

/** One feature as it is set: `features.name = value`, or `name: value` in the braces of `features`. */
export interface StatedFeature {
  readonly name: string;
  readonly value: string;
  readonly at: number;
}

/** Features that options set themselves; custom ones are not among them. */
export function statedFeatures(options: readonly OptionNode[]): readonly StatedFeature[] {
  let stated: StatedFeature[] | undefined; // of nearly all declarations there is none
  for (let i = 0; i < options.length; i++) {
    const { parts, value, at } = options[i]!;
    const first = parts[0];
    const second = parts[1];
    if (first?.isExtension !== false || first.name !== "features") continue;
    stated ??= [];
    if (second !== undefined) {
      if (!second.isExtension && parts.length === 2 && value.kind === "name")
        stated.push({ name: second.name, value: value.name, at });
    } else if (value.kind === "aggregate") {
      for (const entry of value.entries)
        if (!entry.isExtension && entry.value.kind === "name")
          stated.push({ name: entry.name, value: entry.value.name, at: entry.at });
    }
  }
  return stated ?? none;
}

const none: readonly StatedFeature[] = [];

/** Features of a declaration inside of something that has `outer`. */
export function withOptions(outer: Features, options: readonly OptionNode[]): Features {
  if (options.length === 0) return outer;
  const stated = statedFeatures(options);
  if (stated.length === 0) return outer;
  return { ...outer, ...Object.fromEntries(stated.map(({ name, value }) => [name, value])) };
}

/** How one field is encoded, and whether its absence can be told. */
export interface FieldTraits {
  readonly presence: "implicit" | "explicit" | "required";
  readonly packed: boolean;
  readonly delimited: boolean;
  readonly verifyUtf8: boolean;
}

/** `parent`: features of the message, of the oneof for its members, of the file for a top-level extension. */
export function fieldTraits(
  linked: Linked,
  field: FieldNode,
  parent: Features,
  isExtension: boolean,
): FieldTraits {
  const features = withOptions(parent, field.options);
  const target = linked.target(field.type);
  const isMessage = target?.kind === "message";
  const isRepeated = field.label === "repeated" || field.mapKey !== undefined;
  const isPackable = !isMessage && field.type.text !== "string" && field.type.text !== "bytes";
  return {
    presence: presence(),
    packed:
      field.label === "repeated" &&
      isPackable &&
      (packedOption(field) ?? features.repeated_field_encoding === "PACKED"),
    delimited:
      isMessage && field.mapKey === undefined && (field.isGroup || features.message_encoding === "DELIMITED"),
    verifyUtf8:
      features.utf8_validation === "VERIFY" &&
      (field.type.text === "string" || field.mapKey?.text === "string"),
  };

  function presence(): FieldTraits["presence"] {
    if (isRepeated) return "implicit";
    if (field.label === "required" || features.field_presence === "LEGACY_REQUIRED") return "required";
    if (isMessage || isExtension || field.oneof !== undefined || field.label === "optional")
      return "explicit";
    return features.field_presence === "IMPLICIT" ? "implicit" : "explicit";
  }
}

function packedOption(field: FieldNode): boolean | undefined {
  const option = field.options.find(
    ({ parts }) => parts.length === 1 && !parts[0]!.isExtension && parts[0]!.name === "packed",
  );
  return option?.value.kind === "name" ? option.value.name === "true" : undefined;
}

/** Features of every message, by its node: nested ones inherit from the outer ones. */
export function messageFeatures(file: FileNode): ReadonlyMap<MessageNode, Features> {
  const result = new Map<MessageNode, Features>();
  const add = (message: MessageNode, outer: Features) => {
    const features = withOptions(outer, message.options);
    result.set(message, features);
    for (const nested of message.messages) add(nested, features);
  };
  const root = fileFeatures(file);
  for (const message of file.messages) add(message, root);
  return result;
}

/** Does an enum keep numbers that it has no name for? */
export function isOpenEnum(
  linked: Linked,
  symbol: { readonly node: EnumNode; readonly file: FileNode; readonly fullName: string },
): boolean {
  // Enums inherit from all messages around them.
  const outers: MessageNode[] = [];
  for (let scope = parentScope(symbol.fullName); scope !== ""; scope = parentScope(scope)) {
    const outer = linked.symbols.get(scope);
    if (outer?.kind !== "message") break;
    outers.unshift(outer.node);
  }
  const features = outers.reduce(
    (outer, { options }) => withOptions(outer, options),
    fileFeatures(symbol.file),
  );
  return withOptions(features, symbol.node.options).enum_type === "OPEN";
}
