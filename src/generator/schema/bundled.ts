import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type protobuf from "protobufjs";
import { languageFeatures } from "./language-features.ts";

/** Texts of schemas that everybody imports and nobody has: `google/protobuf/*`, `google/api/annotations.proto`. */
export interface BundledSchemas {
  /** Text of an import path, undefined when we have no such file. */
  read(path: string): string | undefined;
}

/** Import paths of all schemas that come with the tool. */
export const bundledPaths: ReadonlySet<string> = new Set([
  ...[
    "any",
    "api",
    "compiler/plugin",
    "cpp_features",
    "descriptor",
    "duration",
    "empty",
    "field_mask",
    "go_features",
    "java_features",
    "source_context",
    "struct",
    "timestamp",
    "type",
    "wrappers",
  ].map((name) => `google/protobuf/${name}.proto`),
  "google/api/annotations.proto",
  "google/api/http.proto",
]);

/** Does a schema of this import path come with the tool, so that no project needs a copy? */
export function isBundled(path: string): boolean {
  return bundledPaths.has(path);
}

/**
 * protobufjs brings them along: some as .proto, the well-known types as data, which is printed back. Both lack comments
 * and file options.
 */
export function createBundledSchemas(): BundledSchemas {
  const require = createRequire(import.meta.url);
  const root = dirname(require.resolve("protobufjs/package.json"));
  return {
    read(path) {
      if (!isBundled(path)) return undefined;
      const features = languageFeatures[path];
      if (features !== undefined) return features;
      // Only these data: the rest of the library takes longer to load than a schema to read.
      const common = require("protobufjs/src/common.js") as typeof protobuf.common;
      const known = common.get(path);
      if (known !== null) return printNamespace(path, known);
      let text: string;
      try {
        text = readFileSync(join(root, path), "utf8");
      } catch {
        return undefined;
      }
      return completeHttpRule(completeDescriptor(unquoteRetention(splitReserved(text))));
    },
  };
}

/** protobufjs prints numbers and names into one `reserved`, which no compiler takes. */
function splitReserved(text: string): string {
  return text.replace(/reserved ([\d, to]+), ("[^;]*);/g, "reserved $1; reserved $2;");
}

/** protobufjs puts the names of enum values in quotes, and `retention` is one we act upon. */
function unquoteRetention(text: string): string {
  return text.replace(/retention="(\w+)"/g, "retention=$1");
}

/** protobufjs 8.8 is behind descriptor.proto by a field and an edition. */
function completeDescriptor(text: string): string {
  if (text.includes("removal_error")) return text;
  return text
    .replace(/(optional Edition edition_removed = 4;)/, "$1\n        optional string removal_error = 5;")
    .replace(/(EDITION_2026 = 1002;)/, "$1\n    EDITION_UNSTABLE = 9999;");
}

/** protobufjs 8.8 leaves two fields out of HttpRule and one out of Http. */
function completeHttpRule(text: string): string {
  if (text.includes("response_body")) return text;
  return text
    .replace(/(repeated HttpRule additional_bindings = 11;)/, "$1\n    string response_body = 12;")
    .replace(/(repeated HttpRule rules = 1;)/, "$1\n    bool fully_decode_reserved_expansion = 2;");
}

function printNamespace(path: string, json: protobuf.INamespace): string {
  const lines = ['syntax = "proto3";', ""];
  const google = json.nested?.google as protobuf.INamespace | undefined;
  const types = google?.nested?.protobuf as protobuf.INamespace | undefined;
  if (types?.nested === undefined) throw new Error(`protobufjs changed the form of ${path}`);
  lines.push("package google.protobuf;");
  for (const [name, type] of Object.entries(types.nested)) {
    lines.push(
      "",
      ...("values" in type
        ? printEnum(name, type as protobuf.IEnum)
        : printType(name, type as protobuf.IType)),
    );
  }
  return `${lines.join("\n")}\n`;
}

function printEnum(name: string, type: protobuf.IEnum): string[] {
  const values = Object.entries(type.values).map(([value, number]) => `  ${value} = ${number};`);
  return [`enum ${name} {`, ...values, "}"];
}

function printType(name: string, type: protobuf.IType): string[] {
  const lines = [`message ${name} {`];
  const oneofs = Object.entries(type.oneofs ?? {});
  const inOneof = new Set(oneofs.flatMap(([, oneof]) => oneof.oneof));
  for (const [oneof, { oneof: members }] of oneofs) {
    lines.push(`  oneof ${oneof} {`);
    for (const member of members) lines.push(`    ${printField(member, type.fields[member]!)}`);
    lines.push("  }");
  }
  for (const [field, json] of Object.entries(type.fields)) {
    if (!inOneof.has(field)) lines.push(`  ${printField(field, json)}`);
  }
  lines.push("}");
  return lines;
}

function printField(name: string, field: protobuf.IField & { keyType?: string; protoName?: string }): string {
  const rule = field.rule === "repeated" ? "repeated " : "";
  const type = field.keyType === undefined ? field.type : `map<${field.keyType}, ${field.type}>`;
  return `${rule}${type} ${field.protoName ?? name} = ${field.id};`;
}
