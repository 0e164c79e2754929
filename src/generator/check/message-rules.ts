import { jsonNameOption } from "../schema/default-value.ts";
import { toJsonName } from "../schema/json-name.ts";
import type { FieldNode, MessageNode, OptionValue, RangeNode } from "../schema/syntax.ts";
import { checkDeclarations } from "./extension-declarations.ts";
import { hasFlag } from "./plain-option.ts";
import { contains, createRangeFinder, maxFieldNumber, overlaps, rangeText } from "./ranges.ts";
import type { MessageTarget, Report, Rules } from "./rule.ts";

export const messageRules: Rules<MessageTarget> = {
  "duplicate-number"({ node }, report) {
    const taken = new Map<bigint, FieldNode>();
    let free: bigint | undefined;
    for (const field of node.fields) {
      const { value, at } = field.number;
      const first = taken.get(value);
      if (first === undefined) {
        taken.set(value, field);
      } else {
        free ??= nextFree(node);
        report(at, `Number ${value} is taken by "${first.name.text}"; the next free one is ${free}.`);
      }
    }
  },

  "reserved-number"({ node }, report) {
    let free: bigint | undefined;
    const find = createRangeFinder(node.reservedRanges);
    for (const { name, number } of node.fields) {
      const range = find(number.value);
      if (range === undefined) continue;
      const what = `"${name.text}" uses number ${number.value}, which is reserved (${rangeText(range)})`;
      free ??= nextFree(node);
      report(number.at, `${what}; the next free one is ${free}.`);
    }
  },

  "reserved-name"({ node }, report) {
    reportImpossibleNames(node.reservedNames, report);
    const reserved = new Set(node.reservedNames.map((name) => name.text));
    for (const { name } of node.fields) {
      if (reserved.has(name.text)) report(name.at, `The name "${name.text}" is reserved; take another one.`);
    }
  },

  "duplicate-reserved"({ node }, report) {
    reportDuplicateNames(node.reservedNames, report);
  },

  "range-overlap"({ node }, report) {
    reportOverlaps([...node.reservedRanges, ...node.extensionRanges], report);
  },

  "range-limits"({ node }, report) {
    const isMessageSet = hasFlag(node.options, "message_set_wire_format");
    for (const range of [...node.reservedRanges, ...node.extensionRanges]) {
      reportReversed(range, report);
      const limit = isMessageSet ? 2_147_483_646n : maxFieldNumber;
      if (range.start < 1n || (range.end ?? range.start) > limit || range.start > limit) {
        report(range.at, `Field numbers go from 1 to ${limit}; use "max" for the largest.`);
      } else if (
        !isMessageSet &&
        (isInternal(range.start) || (range.end !== undefined && isInternal(range.end)))
      ) {
        // protoc lets it pass, buf does not.
        report(
          range.at,
          "A range cannot begin or end within 19000 to 19999, which belong to Protocol Buffers itself.",
        );
      }
    }
  },

  "extension-range"({ file, node }, report) {
    for (const { at } of node.extensionRanges) {
      if (file.edition === "proto3") {
        report(at, "proto3 has no extension ranges; use google.protobuf.Any or proto2.");
      }
    }
    const find = createRangeFinder(node.extensionRanges);
    for (const { name, number } of node.fields) {
      const range = find(number.value);
      if (range === undefined) continue;
      const what = `Number ${number.value} of "${name.text}"`;
      report(number.at, `${what} is kept for extensions (${rangeText(range)}); take another one.`);
    }
  },

  "extension-declaration"({ node }, report) {
    const names = new Set<string>();
    for (const ranges of byStatement(node.extensionRanges)) {
      checkDeclarations(ranges, names, report);
      const size = ranges.length * ranges[0]!.options.reduce((sum, { value }) => sum + optionSize(value), 0);
      if (size > maxRepeated)
        report(ranges[0]!.at, "Descriptors repeat these options for each range; split the statement.");
    }
  },

  "empty-oneof"({ node, isBroken }, report) {
    for (const oneof of node.oneofs) {
      if (oneof.fields.length === 0 && !isBroken) {
        report(oneof.name.at, `Oneof "${oneof.name.text}" has no fields; add one or remove it.`);
      }
    }
  },

  "message-set"({ file, node }, report) {
    if (!hasFlag(node.options, "message_set_wire_format")) return;
    if (file.edition === "proto3") report(node.name.at, "proto3 has no message sets; use proto2.");
    const [field] = node.fields;
    if (field !== undefined)
      report(field.name.at, "A message set has extensions only; move its fields elsewhere.");
    if (node.extensionRanges.length === 0) report(node.name.at, "A message set needs extensions 4 to max;.");
  },

  "map-entry-option"({ node }, report) {
    for (const { parts, at } of node.options) {
      if (parts.length === 1 && parts[0]!.name === "map_entry" && !parts[0]!.isExtension) {
        report(at, "map_entry is for compilers; declare a map<key, value> field instead.");
      }
    }
  },

  "duplicate-json-name"({ file, node, features }, report) {
    const mayClash = hasFlag(node.options, "deprecated_legacy_json_field_conflicts");
    const isBestEffort =
      features.json_format === "LEGACY_BEST_EFFORT" || (mayClash && file.edition !== "proto3");
    // Field masks know nothing of json_name, so the names without it count as well.
    for (const isWithOption of mayClash && !isBestEffort ? [false] : [false, true]) {
      const taken = new Map<string, FieldNode>();
      const asked = (field: FieldNode) => (isWithOption ? jsonNameOption(field) : undefined);
      for (const field of node.fields) {
        const name = asked(field) ?? toJsonName(field.name.text);
        const first = taken.get(name);
        if (first === undefined) {
          taken.set(name, field);
          continue;
        }
        // Equal proto names are told by another rule, and equal names without json_name by the first round.
        const isAsked = asked(first) !== undefined || asked(field) !== undefined;
        const isTold = isWithOption && asked(first) === undefined && asked(field) === undefined;
        if (first.name.text === field.name.text || isTold) continue;
        // Where JSON is "best effort", only what is asked for is wrong.
        if (isBestEffort && !isAsked) continue;
        const [what, fix] =
          !isWithOption && (jsonNameOption(first) ?? jsonNameOption(field)) !== undefined
            ? ["in JSON without json_name, as field masks write it", "rename one"]
            : ["in JSON", isAsked ? "rename one or change json_name" : "rename one or set json_name"];
        report(
          field.name.at,
          `"${field.name.text}" and "${first.name.text}" are both "${name}" ${what}; ${fix}.`,
        );
      }
    }
  },
};

function isInternal(number: bigint): boolean {
  return number >= 19_000n && number <= 19_999n;
}

/** Parts of options that a statement of extension ranges may repeat. */
const maxRepeated = 1_000_000;

/** Ranges of one statement have the same list of options. */
function byStatement(ranges: readonly RangeNode[]): Iterable<RangeNode[]> {
  const statements = new Map<RangeNode["options"], RangeNode[]>();
  for (const range of ranges) {
    const known = statements.get(range.options);
    if (known === undefined) statements.set(range.options, [range]);
    else known.push(range);
  }
  return statements.values();
}

function optionSize(value: OptionValue): number {
  if (value.kind === "string") return value.bytes.length;
  if (value.kind === "list") return value.values.reduce((sum, one) => sum + optionSize(one), 1);
  if (value.kind === "aggregate") return value.entries.reduce((sum, one) => sum + optionSize(one.value), 1);
  return 1;
}

/** Smallest number above all used ones, or any gap when there is none. */
function nextFree(node: MessageNode): bigint {
  const isFree = (number: bigint) =>
    !isInternal(number) &&
    !node.fields.some((field) => field.number.value === number) &&
    ![...node.reservedRanges, ...node.extensionRanges].some((range) => contains(range, number));
  let number = 1n;
  for (const field of node.fields) {
    const { value } = field.number;
    if (value >= number && value < maxFieldNumber) number = value + 1n;
  }
  // At most one step for every range and field.
  for (let steps = 0; steps < 100 && !isFree(number); steps++) {
    const range = [...node.reservedRanges, ...node.extensionRanges].find((one) => contains(one, number));
    if (isInternal(number)) number = 20_000n;
    else if (range === undefined) number += 1n;
    else if (range.end === undefined || range.end >= maxFieldNumber) number = 1n;
    else number = range.end + 1n;
  }
  return number;
}

/** Ranges in order; each that begins inside of an earlier one is told. */
export function reportOverlaps(ranges: readonly RangeNode[], report: Report): void {
  const sorted = [...ranges].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : a.at - b.at));
  for (let i = 1; i < sorted.length; i++) {
    const [a, b] = [sorted[i - 1]!, sorted[i]!];
    if (!overlaps(a, b)) continue;
    const [first, second] = a.at < b.at ? [a, b] : [b, a];
    report(second.at, `${rangeText(second)} overlaps with ${rangeText(first)}; remove the overlap.`);
  }
}

export function reportReversed(range: RangeNode, report: Report): void {
  if (range.end !== undefined && range.end < range.start) {
    report(range.at, `${rangeText(range)} is upside down; write ${range.end} to ${range.start}.`);
  }
}

/** protoc only warns of these, buf refuses them. */
export function reportImpossibleNames(names: readonly { text: string; at: number }[], report: Report): void {
  for (const { text, at } of names)
    if (!/^[A-Za-z_]\w*$/.test(text))
      report(at, `"${text}" cannot be a name, so there is nothing to reserve; remove it.`);
}

export function reportDuplicateNames(names: readonly { text: string; at: number }[], report: Report): void {
  const seen = new Set<string>();
  for (const { text, at } of names) {
    if (seen.has(text)) report(at, `"${text}" is reserved twice; remove one.`);
    seen.add(text);
  }
}
