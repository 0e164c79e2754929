import type { OptionsType } from "./option-message.ts";
import type { FieldNode, OptionValue } from "./syntax.ts";

/** What `targets` calls each kind of options, and what a person calls it. */
const kinds: Readonly<Record<OptionsType, { readonly target: string; readonly name: string }>> = {
  FileOptions: { target: "FILE", name: "files" },
  ExtensionRangeOptions: { target: "EXTENSION_RANGE", name: "extension ranges" },
  MessageOptions: { target: "MESSAGE", name: "messages" },
  FieldOptions: { target: "FIELD", name: "fields" },
  OneofOptions: { target: "ONEOF", name: "oneofs" },
  EnumOptions: { target: "ENUM", name: "enums" },
  EnumValueOptions: { target: "ENUM_ENTRY", name: "enum values" },
  ServiceOptions: { target: "SERVICE", name: "services" },
  MethodOptions: { target: "METHOD", name: "rpcs" },
};

/** Targets of the features: protobufjs's descriptor.proto keeps only the last of several. */
const featureTargets: Readonly<Record<string, readonly string[]>> = {
  field_presence: ["FIELD", "FILE"],
  enum_type: ["ENUM", "FILE"],
  repeated_field_encoding: ["FIELD", "FILE"],
  utf8_validation: ["FIELD", "FILE"],
  message_encoding: ["FIELD", "FILE"],
  json_format: ["MESSAGE", "ENUM", "FILE"],
  default_symbol_visibility: ["FILE"],
};

/**
 * Why an option cannot be set on this kind of declaration, undefined when it can: its field says `targets`.
 *
 * @param owner full name of the message that the field belongs to
 */
export function targetProblem(owner: string, node: FieldNode, type: OptionsType): string | undefined {
  const targets =
    owner === "google.protobuf.FeatureSet" ? featureTargets[node.name.text] : declaredTargets(node);
  if (targets === undefined || targets.length === 0 || targets.includes(kinds[type].target)) return undefined;
  const names = Object.values(kinds)
    .filter(({ target }) => targets.includes(target))
    .map(({ name }) => name);
  return `"${node.name.text}" is for ${names.join(" and ")}, not for ${kinds[type].name}; remove it here.`;
}

/** Features that edition 2023 does not know yet. */
const featuresOf2024: ReadonlySet<string> = new Set(["enforce_naming_style", "default_symbol_visibility"]);

/** Why a feature cannot be set so in an edition, undefined when it can. */
export function featureProblem(node: FieldNode, value: OptionValue, edition: string): string | undefined {
  const name = node.name.text;
  if (edition === "2023" && featuresOf2024.has(name)) return `"${name}" needs edition = "2024"; remove it.`;
  const isUnknown = value.kind === "name" && value.name.endsWith("_UNKNOWN");
  return isUnknown
    ? `"${value.name}" says nothing of "${name}"; write another value, or remove it.`
    : undefined;
}

/** `[targets = TARGET_TYPE_FIELD, targets = TARGET_TYPE_FILE]` -> `FIELD`, `FILE`. */
function declaredTargets(node: FieldNode): string[] {
  return node.options.flatMap(({ parts, value }) => {
    const isTargets = parts.length === 1 && !parts[0]!.isExtension && parts[0]!.name === "targets";
    return isTargets && value.kind === "name" ? [value.name.replace("TARGET_TYPE_", "")] : [];
  });
}
