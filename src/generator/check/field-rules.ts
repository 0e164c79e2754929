import { defaultOption } from "../schema/default-value.ts";
import { isBefore2024 } from "../schema/editions.ts";
import { isOpenEnum, statedFeatures } from "../schema/features.ts";
import { toJsonName } from "../schema/json-name.ts";
import { scalarTypes } from "../schema/linked.ts";
import { integerRange, toFloat } from "../schema/option-numbers.ts";
import { suggest } from "../schema/suggest.ts";
import type { OptionValue } from "../schema/syntax.ts";
import { findOption, hasFlag } from "./plain-option.ts";
import { contains, maxFieldNumber, rangeText } from "./ranges.ts";
import type { FieldTarget, Rules } from "./rule.ts";

const mapKeys: ReadonlySet<string> = new Set(
  [...scalarTypes].filter((type) => !["float", "double", "bytes"].includes(type)),
);
const optionsTypes = /^google\.protobuf\.(?:\w+Options)$/;

export const fieldRules: Rules<FieldTarget> = {
  "number-range"({ node, isExtension, linked }, report) {
    const { value, at } = node.number;
    const extendee = isExtension ? linked.extendee(node) : undefined;
    const owner = extendee === undefined ? undefined : linked.symbols.get(extendee);
    const isMessageSet =
      owner?.kind === "message" && findOption(owner.node.options, "message_set_wire_format") !== undefined;
    if (value < 1n || value > (isMessageSet ? 2_147_483_646n : maxFieldNumber)) {
      report(at, `Field numbers go from 1 to ${maxFieldNumber}; ${value} is outside.`);
    } else if (value >= 19_000n && value <= 19_999n) {
      report(at, "Numbers 19000 to 19999 belong to Protocol Buffers itself; take another one.");
    }
  },

  "map-key"({ node }, report) {
    if (node.mapKey === undefined || mapKeys.has(node.mapKey.text)) return;
    report(
      node.mapKey.at,
      `"${node.mapKey.text}" cannot be the key of a map; use a string, bool or integer type.`,
    );
  },

  "closed-enum"({ file, node, linked, traits }, report) {
    const target = linked.target(node.type);
    if (target?.kind !== "enum" || isOpenEnum(linked, target)) return;
    const name = target.fullName;
    if (file.edition === "proto3") {
      const what = target.file.edition === "proto2" ? "a proto2 enum" : "a closed enum";
      report(
        node.type.at,
        `"${name}" is ${what}, which a proto3 message cannot use; declare it in a proto3 file.`,
      );
    } else if (traits.presence === "implicit" && node.label !== "repeated" && node.mapKey === undefined) {
      report(
        node.type.at,
        `"${name}" is closed, so a field without presence cannot use it; set features.field_presence = EXPLICIT.`,
      );
    }
  },

  "map-enum-zero"({ node, linked }, report) {
    const target = node.mapKey === undefined ? undefined : linked.target(node.type);
    const first = target?.kind === "enum" ? target.node.values[0] : undefined;
    if (first === undefined || first.number.value === 0n) return;
    report(
      node.type.at,
      `The values of a map default to 0, so "${target!.fullName}" must have a first value 0.`,
    );
  },

  "field-default"({ file, node, linked, traits }, report) {
    const value = defaultOption(node);
    if (value === undefined) return;
    const target = linked.target(node.type);
    if (file.edition === "proto3") report(value.at, "proto3 has no default values; remove it.");
    else if (node.label === "repeated" || node.mapKey !== undefined)
      report(value.at, "A repeated field has no default; remove it.");
    else if (target?.kind === "message") report(value.at, "A message has no default; remove it.");
    else if (traits.presence === "implicit")
      report(value.at, "A field without presence has no default; remove it.");
    else if (target?.kind === "enum") {
      const isValue = target.node.values.some(
        ({ name }) => value.kind === "name" && name.text === value.name,
      );
      if (isValue && value.kind === "name" && !value.isNegative) return;
      const names = target.node.values.map((one) => one.name.text);
      const near = value.kind === "name" ? suggest(value.name, names, "") : undefined;
      const fix =
        near === undefined ? `use one of ${names.slice(0, 8).join(", ")}.` : `did you mean "${near}"?`;
      report(value.at, `The default must be a value of ${target.fullName}; ${fix}`);
    } else {
      const problem = scalarDefaultProblem(node.type.text, value);
      if (problem !== undefined) report(value.at, problem);
    }
  },

  "duplicate-option"({ node }, report) {
    for (const name of ["default", "json_name"]) {
      const found = node.options.filter((option) => findOption([option], name) !== undefined);
      for (const { at } of found.slice(1)) report(at, `Option "${name}" is set twice; remove one.`);
    }
  },

  "json-name"({ node, isExtension }, report) {
    const option = findOption(node.options, "json_name");
    if (option === undefined) return;
    if (option.value.kind !== "string") report(option.value.at, `"json_name" wants a text in quotes.`);
    else if (isExtension && option.value.bytes !== toJsonName(node.name.text))
      report(option.at, "An extension has no json_name; remove it.");
    else if (option.value.bytes.includes("\0"))
      report(option.value.at, "json_name must not hold a zero byte.");
    else if (/^\[.*\]$/s.test(option.value.bytes)) {
      report(option.value.at, "json_name must not be in brackets; those are for extensions.");
    }
  },

  packed({ file, node, linked }, report) {
    const option = findOption(node.options, "packed");
    if (option === undefined) return;
    const type = node.type.text;
    const isPackable = linked.target(node.type)?.kind !== "message" && type !== "string" && type !== "bytes";
    if (file.edition !== "proto2" && file.edition !== "proto3") {
      report(
        option.at,
        "Editions have no packed option; write features.repeated_field_encoding = PACKED or EXPANDED.",
      );
    } else if (node.label !== "repeated" || !isPackable || node.mapKey !== undefined) {
      const isTrue = option.value.kind === "name" && option.value.name === "true";
      if (isTrue)
        report(option.at, "Only repeated numbers, bools and enums can be packed; remove the option.");
    }
  },

  jstype({ node }, report) {
    const option = findOption(node.options, "jstype");
    if (option === undefined || (/64$/.test(node.type.text) && node.mapKey === undefined)) return;
    report(option.at, "jstype is for 64-bit integers only; remove it.");
  },

  lazy({ node, linked, traits, isExtension }, report) {
    for (const name of ["lazy", "unverified_lazy"]) {
      const option = findOption(node.options, name);
      if (option?.value.kind !== "name" || option.value.name !== "true") continue;
      const isMessage = node.mapKey !== undefined || linked.target(node.type)?.kind === "message";
      if (!isMessage) report(option.at, `Only messages can be ${name}; remove the option.`);
      else if (traits.delimited) report(option.at, `A group cannot be ${name}; remove the option.`);
      else if (isExtension && name === "unverified_lazy")
        report(option.at, "An extension cannot be unverified_lazy; write lazy, or remove the option.");
    }
  },

  "extension-number"({ node, isExtension, linked, isBroken }, report) {
    if (!isExtension || isBroken) return;
    const extendee = linked.extendee(node);
    const owner = extendee === undefined ? undefined : linked.symbols.get(extendee);
    if (owner?.kind !== "message") return;
    const { value, at } = node.number;
    if (owner.node.extensionRanges.some((range) => contains(range, value))) return;
    const ranges = owner.node.extensionRanges.map(rangeText).join(", ");
    const fix = ranges === "" ? "it has no extension range" : `use one of ${ranges}`;
    report(at, `"${owner.fullName}" does not keep number ${value} for extensions; ${fix}.`);
  },

  "message-set"({ node, isExtension, linked, traits }, report) {
    const extendee = isExtension ? linked.extendee(node) : undefined;
    const owner = extendee === undefined ? undefined : linked.symbols.get(extendee);
    if (owner?.kind !== "message" || !hasFlag(owner.node.options, "message_set_wire_format")) return;
    const isSingle = node.label !== "repeated" && node.label !== "required" && node.mapKey === undefined;
    if (!isSingle || linked.target(node.type)?.kind !== "message" || traits.delimited)
      report(node.type.at, "Extensions of a message set are optional messages; put it into one.");
  },

  ctype({ file, node, isExtension }, report) {
    const option = findOption(node.options, "ctype");
    if (option === undefined || file.edition === "proto2" || file.edition === "proto3") return;
    const isText = (node.type.text === "string" || node.type.text === "bytes") && node.mapKey === undefined;
    const isCord = option.value.kind === "name" && option.value.name === "CORD";
    if (!isBefore2024(file.edition))
      report(
        option.at,
        "There is no ctype since edition 2024; remove it, or use features.(pb.cpp).string_type.",
      );
    else if (!isText) report(option.at, "ctype is for strings and bytes; remove it.");
    else if (isExtension && isCord) report(option.at, "An extension cannot be a CORD; remove the option.");
  },

  "proto3-extension"({ file, node, isExtension, linked }, report) {
    if (!isExtension || file.edition !== "proto3") return;
    const extendee = linked.extendee(node);
    if (extendee === undefined || optionsTypes.test(extendee)) return;
    report(
      node.name.at,
      `proto3 may only extend options, not "${extendee}"; use google.protobuf.Any or proto2.`,
    );
  },

  "extension-label"({ node, isExtension }, report) {
    if (!isExtension) return;
    if (node.label === "required") report(node.labelAt, `An extension cannot be required; write "optional".`);
    if (node.mapKey !== undefined)
      report(node.name.at, "An extension cannot be a map; use a repeated message.");
  },

  "edition-feature"({ file, node, linked, isExtension }, report) {
    // Elsewhere there are none, which is told of all options alike.
    if (file.edition === "proto2" || file.edition === "proto3") return;
    for (const { name, value, at } of statedFeatures(node.options)) {
      const feature = `${name} = ${value}`;
      const kind = linked.target(node.type)?.kind;
      const isMany = node.label === "repeated" || node.mapKey !== undefined;
      if (feature.startsWith("field_presence")) {
        if (isMany) report(at, "A repeated field has no presence; remove the feature.");
        else if (node.oneof !== undefined)
          report(at, "A field of a oneof always has presence; remove the feature.");
        else if (isExtension) report(at, "An extension always has presence; remove the feature.");
        else if (kind === "message" && feature.endsWith("IMPLICIT")) {
          report(at, "A message field always has presence; remove the feature.");
        }
      } else if (feature.startsWith("repeated_field_encoding")) {
        const isPackable = isMany && node.mapKey === undefined && kind !== "message";
        if (!isMany || node.mapKey !== undefined)
          report(at, "Only a repeated field has this feature; remove it.");
        else if (
          feature.endsWith("PACKED") &&
          (!isPackable || node.type.text === "string" || node.type.text === "bytes")
        ) {
          report(at, "Only repeated numbers, bools and enums can be packed; remove the feature.");
        }
      } else if (feature.startsWith("utf8_validation")) {
        const isText = node.type.text === "string" || node.mapKey?.text === "string";
        if (!isText) report(at, "Only a string has this feature; remove it.");
      } else if (feature.startsWith("message_encoding")) {
        if (kind !== "message" || node.mapKey !== undefined)
          report(at, "Only a message field has this feature; remove it.");
      }
    }
  },
};

function article(type: string): string {
  return `${/^[iu]/.test(type) ? "an" : "a"} ${type}`;
}

function scalarDefaultProblem(type: string, value: OptionValue): string | undefined {
  switch (type) {
    case "string":
    case "bytes":
      return value.kind === "string" ? undefined : `The default of ${article(type)} is a text in quotes.`;
    case "bool":
      return value.kind === "name" && !value.isNegative && /^(?:true|false)$/.test(value.name)
        ? undefined
        : "The default of a bool is true or false.";
    case "float":
    case "double":
      return toFloat(value) === undefined ? `The default of ${article(type)} is a number.` : undefined;
    default: {
      if (!scalarTypes.has(type)) return undefined;
      if (value.kind !== "integer") return `The default of ${article(type)} is an integer.`;
      const { min, max } = integerRange(type);
      const fits = value.value >= min && value.value <= max;
      return fits ? undefined : `${value.value} does not fit into ${type} (${min} to ${max}).`;
    }
  }
}
