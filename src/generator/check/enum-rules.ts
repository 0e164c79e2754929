import {
  reportDuplicateNames,
  reportImpossibleNames,
  reportOverlaps,
  reportReversed,
} from "./message-rules.ts";
import { findOption, hasFlag } from "./plain-option.ts";
import { createRangeFinder, rangeText } from "./ranges.ts";
import type { EnumTarget, Rules } from "./rule.ts";

const minInt32 = -2_147_483_648n;
const maxInt32 = 2_147_483_647n;

export const enumRules: Rules<EnumTarget> = {
  "empty-enum"({ node, isBroken }, report) {
    if (node.values.length === 0 && !isBroken)
      report(node.name.at, `Enum "${node.name.text}" has no values; add one.`);
  },

  "enum-zero"({ node, features, isBroken }, report) {
    const first = node.values[0];
    if (first === undefined || isBroken || features.enum_type !== "OPEN" || first.number.value === 0n) return;
    const prefix = node.name.text.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
    report(
      first.number.at,
      `The first value of an open enum must be 0; put "${prefix}_UNSPECIFIED = 0;" first.`,
    );
  },

  "number-range"({ node }, report) {
    for (const { number } of node.values) {
      if (number.value < minInt32 || number.value > maxInt32) {
        report(
          number.at,
          `Enum values are 32-bit integers (${minInt32} to ${maxInt32}); ${number.value} is outside.`,
        );
      }
    }
  },

  "duplicate-number"({ node }, report) {
    const isAllowed = hasFlag(node.options, "allow_alias");
    const taken = new Map<bigint, string>();
    let hasAlias = false;
    for (const { name, number } of node.values) {
      const first = taken.get(number.value);
      if (first === undefined) {
        taken.set(number.value, name.text);
        continue;
      }
      hasAlias = true;
      if (isAllowed) continue;
      const fix = `take another one, or say "option allow_alias = true;" if both mean the same`;
      report(number.at, `Number ${number.value} is taken by "${first}"; ${fix}.`);
    }
    const option = findOption(node.options, "allow_alias");
    if (!isAllowed && option !== undefined)
      report(option.at, "allow_alias is false by itself; remove the option.");
    if (isAllowed && !hasAlias && option !== undefined) {
      report(option.at, `Enum "${node.name.text}" allows aliases but has none; remove the option.`);
    }
  },

  "reserved-number"({ node }, report) {
    const find = createRangeFinder(node.reservedRanges);
    for (const { name, number } of node.values) {
      const range = find(number.value);
      if (range === undefined) continue;
      report(
        number.at,
        `"${name.text}" uses number ${number.value}, which is reserved (${rangeText(range)}); take another one.`,
      );
    }
  },

  "reserved-name"({ node }, report) {
    reportImpossibleNames(node.reservedNames, report);
    const reserved = new Set(node.reservedNames.map((name) => name.text));
    for (const { name } of node.values) {
      if (reserved.has(name.text)) report(name.at, `The name "${name.text}" is reserved; take another one.`);
    }
  },

  "duplicate-reserved"({ node }, report) {
    reportDuplicateNames(node.reservedNames, report);
  },

  "range-overlap"({ node }, report) {
    reportOverlaps(node.reservedRanges, report);
  },

  "range-limits"({ node }, report) {
    for (const range of node.reservedRanges) {
      reportReversed(range, report);
      if (range.start < minInt32 || (range.end ?? range.start) > maxInt32) {
        report(range.at, `Enum values are 32-bit integers (${minInt32} to ${maxInt32}).`);
      }
    }
  },

  "enum-value-conflict"({ file, node }, report) {
    if (file.edition === "proto2" && hasFlag(node.options, "deprecated_legacy_json_field_conflicts")) return;
    const taken = new Map<string, { name: string; number: bigint }>();
    for (const { name, number } of node.values) {
      const short = shortName(node.name.text, name.text);
      const first = taken.get(short);
      if (first === undefined) taken.set(short, { name: name.text, number: number.value });
      else if (first.name !== name.text && first.number !== number.value) {
        report(
          name.at,
          `"${name.text}" and "${first.name}" differ only in the enum's name, letter case or underscores; rename one.`,
        );
      }
    }
  },
};

/** What languages that strip the enum's name make of a value: `Colour`, `COLOUR_DARK_RED` -> `DarkRed`. */
function shortName(enumName: string, value: string): string {
  const prefix = enumName.replaceAll("_", "").toLowerCase();
  let matched = 0;
  let index = 0;
  for (; index < value.length && matched < prefix.length; index++) {
    if (value[index] === "_") continue;
    if (value[index]!.toLowerCase() !== prefix[matched]) break;
    matched += 1;
  }
  let rest = matched === prefix.length ? value.slice(index).replace(/^_+/, "") : value;
  if (rest === "") rest = value;
  return rest
    .split("_")
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1).toLowerCase())
    .join("");
}
