import type { FileTarget, Rules } from "./rule.ts";

export const fileRules: Rules<FileTarget> = {
  "duplicate-import"({ file }, report) {
    const seen = new Set<string>();
    for (const { path, at } of file.imports) {
      if (seen.has(path)) report(at, `"${path}" is imported twice; remove one.`);
      seen.add(path);
    }
  },

  "edition-feature"({ file }, report) {
    const isEdition = file.edition !== "proto2" && file.edition !== "proto3";
    for (const { parts, value, at } of file.options) {
      if (parts[0]?.name !== "features" || parts[0].isExtension) continue;
      if (!isEdition)
        report(at, `Features need an edition; write edition = "2023"; instead of the syntax line.`);
      else if (value.kind === "name" && value.name === "LEGACY_REQUIRED") {
        report(value.at, "Required cannot be the default of a file; set it on each field.");
      }
    }
  },
};
