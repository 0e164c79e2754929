import type { FileTarget, Rules } from "./rule.ts";

/** The largest file of googleapis declares half as many. What we write of one file is built in memory. */
const maxMembers = 30_000;

export const fileRules: Rules<FileTarget> = {
  "too-many-members"({ linked, file }, report) {
    const members = linked.symbolsOf(file).length;
    if (members <= maxMembers) return;
    report(
      0,
      `This file declares ${members} messages, fields, values and rpcs; the limit is ${maxMembers}, so split it.`,
    );
  },

  "duplicate-import"({ file }, report) {
    const seen = new Set<string>();
    for (const { path, at } of file.imports) {
      if (seen.has(path)) report(at, `"${path}" is imported twice; remove one.`);
      seen.add(path);
    }
  },

  "edition-feature"({ file }, report) {
    for (const { parts, value } of file.options) {
      if (parts[0]?.name !== "features" || parts[0].isExtension) continue;
      if (value.kind === "name" && value.name === "LEGACY_REQUIRED")
        report(value.at, "Required cannot be the default of a file; set it on each field.");
    }
  },
};
