import type { SchemaFile } from "../schema/index.ts";
import type { ChangeRules, Pair } from "./change.ts";

/** Options of a file that decide what generated code is called or can do; the value without one. */
const fileOptions: Readonly<Record<string, unknown>> = {
  cc_enable_arenas: true,
  cc_generic_services: false,
  csharp_namespace: "",
  go_package: "",
  java_generic_services: false,
  java_multiple_files: false,
  java_outer_classname: "",
  java_package: "",
  java_string_check_utf8: false,
  objc_class_prefix: "",
  optimize_for: "SPEED",
  php_class_prefix: "",
  php_metadata_namespace: "",
  php_namespace: "",
  py_generic_services: false,
  ruby_package: "",
  swift_prefix: "",
};

/** Rules about files that were there before. */
export const fileChanges: ChangeRules<Pair<SchemaFile>> = {
  "file-package"({ before, after }, report) {
    if (before.package === after.package) return;
    report({
      kind: "wire",
      name: before.path,
      position: start(after),
      what: `${before.path} was of package ${before.package || "(none)"} and is of ${after.package || "(none)"}`,
      consequence:
        "Every type and service of it has another name, so calls of old clients are answered Unimplemented.",
      remedy: "Keep the package; a new version is a new file beside it.",
    });
  },

  "file-syntax"({ before, after }, report) {
    if (before.edition === after.edition) return;
    report({
      kind: "source",
      name: before.path,
      position: start(after),
      what: `${before.path} was written in ${before.edition} and is in ${after.edition}`,
      consequence: "Presence and enums of generated code may change; each such field is told by itself.",
      remedy: undefined,
    });
  },

  "file-option"({ before, after }, report) {
    for (const [option, otherwise] of Object.entries(fileOptions)) {
      const [was, is] = [before.options[option] ?? otherwise, after.options[option] ?? otherwise];
      if (was === is) continue;
      report({
        kind: "source",
        name: `${before.path}:${option}`,
        position: start(after),
        what: `Option ${option} of ${before.path} was ${JSON.stringify(was)} and is ${JSON.stringify(is)}`,
        consequence: "Generated code of other languages moves or changes.",
        remedy: undefined,
      });
    }
  },
};

function start({ path }: SchemaFile) {
  return { file: path, line: 1, column: 1 };
}
