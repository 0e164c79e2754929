import { isBefore2024 } from "../schema/editions.ts";
import { statedFeatures } from "../schema/features.ts";
import type { FileNode, MessageNode } from "../schema/syntax.ts";
import { defaultVisibility } from "../schema/visibility.ts";
import { checkNamingStyle } from "./naming-style.ts";
import { findOption, hasFlag } from "./plain-option.ts";
import { maxFieldNumber } from "./ranges.ts";
import type { FileTarget, Rules } from "./rule.ts";

/** The largest file of googleapis declares half as many. What we write of one file is built in memory. */
const maxMembers = 30_000;

/** Of all full names of a file together, without the package: names are written dozens of times in what we print. */
const maxLetters = 3_000_000;

function isLite({ options }: FileNode): boolean {
  const value = findOption(options, "optimize_for")?.value;
  return value?.kind === "name" && value.name === "LITE_RUNTIME";
}

/** Has a message no field ever? Then it is but a name around enums. */
function reservesAll({ reservedRanges: [range, ...others] }: MessageNode): boolean {
  if (range === undefined || others.length > 0) return false;
  return range.start === 1n && (range.end === undefined || range.end === maxFieldNumber);
}

export const fileRules: Rules<FileTarget> = {
  "too-many-members"({ linked, file }, report) {
    const symbols = linked.symbolsOf(file);
    const members = symbols.length;
    if (members > maxMembers) {
      report(
        0,
        `This file declares ${members} messages, fields, values and rpcs; the limit is ${maxMembers}, so split it.`,
      );
      return;
    }
    const scope = file.package?.text.length ?? 0;
    const letters = symbols.reduce((sum, { fullName }) => sum + fullName.length - scope, 0);
    if (letters > maxLetters)
      report(
        0,
        `The names of this file have ${letters} characters; the limit is ${maxLetters}, so split it.`,
      );
  },

  "duplicate-import"({ file }, report) {
    const seen = new Set<string>();
    for (const { path, at } of file.imports) {
      if (seen.has(path)) report(at, `"${path}" is imported twice; remove one.`);
      seen.add(path);
    }
  },

  // A descriptor keeps the two kinds in two lists, so no other order could be printed from it again.
  "import-order"({ file }, report) {
    const options = file.imports.findIndex(({ kind }) => kind === "option");
    if (options === -1) return;
    for (const { path, kind, at } of file.imports.slice(options))
      if (kind !== "option") report(at, `"${path}" is imported after an "import option"; move it up.`);
  },

  // Of "lite" code there is a runtime of its own, which knows nothing of descriptors.
  "lite-runtime"({ linked, file }, report) {
    if (!isLite(file)) {
      // Of what it sees, not of all files: there may be thousands, and each asks.
      const lite = new Set([...linked.visibleFrom(file)].filter(isLite).map(({ path }) => path));
      const found = lite.size === 0 ? undefined : file.imports.find(({ path }) => lite.has(path));
      if (found !== undefined)
        report(
          found.at,
          `"${found.path}" has optimize_for = LITE_RUNTIME, so its importers must have it, too.`,
        );
      return;
    }
    for (const symbol of linked.symbolsOf(file)) {
      const extendee = symbol.kind === "extension" ? linked.extendee(symbol.node) : undefined;
      const owner = extendee === undefined ? undefined : linked.symbols.get(extendee);
      if (owner !== undefined && !isLite(owner.file))
        report(
          symbol.at,
          `A file with optimize_for = LITE_RUNTIME cannot extend "${extendee}", whose file has not.`,
        );
    }
    const generic = ["cc_generic_services", "java_generic_services"].find((name) =>
      hasFlag(file.options, name),
    );
    if (generic === undefined) return;
    for (const { name } of file.services)
      report(name.at, `With optimize_for = LITE_RUNTIME there are no services unless ${generic} is false.`);
  },

  "strict-visibility"({ file }, report) {
    if (defaultVisibility(file) !== "STRICT") return;
    const judge = (message: MessageNode, isTop: boolean): void => {
      for (const { name, visibility } of message.messages)
        if (visibility === "export")
          report(
            name.at,
            `"${name.text}" is nested, and STRICT files export top-level types only; move it out.`,
          );
      const isNamespace = isTop && message.visibility !== "export" && reservesAll(message);
      for (const { name, visibility } of message.enums)
        if (visibility === "export" && !isNamespace)
          report(
            name.at,
            `"${name.text}" is nested, and STRICT files export top-level types only; move it out, or write "reserved 1 to max;" in a message that is local.`,
          );
      for (const inner of message.messages) judge(inner, false);
    };
    for (const message of file.messages) judge(message, true);
  },

  "naming-style"(target, report) {
    if (!target.file.isCompiled) checkNamingStyle(target, report);
  },

  "edition-removed"({ file }, report) {
    const check = findOption(file.options, "java_string_check_utf8");
    if (check !== undefined && file.edition !== "proto2" && file.edition !== "proto3")
      report(check.at, "Editions have no java_string_check_utf8; use features.(pb.java).utf8_validation.");
    if (isBefore2024(file.edition)) return;
    for (const { kind, at } of file.imports)
      if (kind === "weak")
        report(at, "There are no weak imports since edition 2024; import it for its options.");
    const option = findOption(file.options, "java_multiple_files");
    if (option !== undefined)
      report(option.at, "Java has a file per type since edition 2024; remove java_multiple_files.");
  },

  "edition-feature"({ file }, report) {
    for (const { value, at } of statedFeatures(file.options)) {
      if (value === "LEGACY_REQUIRED")
        report(at, "Required cannot be the default of a file; set it on each field.");
    }
  },
};
