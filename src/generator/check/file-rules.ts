import { isBefore2024 } from "../schema/editions.ts";
import { statedFeatures } from "../schema/features.ts";
import { checkNamingStyle } from "./naming-style.ts";
import { findOption } from "./plain-option.ts";
import type { FileTarget, Rules } from "./rule.ts";

/** The largest file of googleapis declares half as many. What we write of one file is built in memory. */
const maxMembers = 30_000;

/** Of all full names of a file together, without the package: names are written dozens of times in what we print. */
const maxLetters = 3_000_000;

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

  "naming-style"(target, report) {
    checkNamingStyle(target, report);
  },

  "edition-removed"({ file }, report) {
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
