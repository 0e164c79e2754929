import { fileFeatures } from "./features.ts";
import type { SchemaSymbol } from "./symbols.ts";
import { parentScope } from "./symbols.ts";
import type { FileNode } from "./syntax.ts";

/** What an edition says of types that say nothing themselves; earlier ones export all. */
const defaults: Readonly<Record<string, string>> = { 2024: "EXPORT_TOP_LEVEL", 2026: "STRICT" };

/**
 * Which types of a file are exported that do not say so; undefined for editions that know no `export`, and for what is compiled:
 * whoever did that has judged it, and what the file said is gone.
 */
export function defaultVisibility(file: FileNode): string | undefined {
  if (file.isCompiled) return undefined;
  return fileFeatures(file).default_symbol_visibility ?? defaults[file.edition];
}

/** May other files use this type? Since edition 2024 that is said by `export`, `local` and a feature of the file. */
export function isExported(symbol: SchemaSymbol): boolean {
  if (symbol.kind !== "message" && symbol.kind !== "enum") return true;
  if (symbol.node.visibility !== undefined) return symbol.node.visibility === "export";
  const { file } = symbol;
  switch (defaultVisibility(file)) {
    case "EXPORT_TOP_LEVEL":
      return parentScope(symbol.fullName) === (file.package?.text ?? "");
    case "LOCAL_ALL":
    case "STRICT":
      return false;
    default:
      return true;
  }
}
