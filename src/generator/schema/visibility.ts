import { fileFeatures } from "./features.ts";
import type { SchemaSymbol } from "./symbols.ts";
import { parentScope } from "./symbols.ts";

/** What an edition says of types that say nothing themselves; earlier ones export all. */
const defaults: Readonly<Record<string, string>> = { 2024: "EXPORT_TOP_LEVEL", 2026: "STRICT" };

/** May other files use this type? Since edition 2024 that is said by `export`, `local` and a feature of the file. */
export function isExported(symbol: SchemaSymbol): boolean {
  if (symbol.kind !== "message" && symbol.kind !== "enum") return true;
  if (symbol.node.visibility !== undefined) return symbol.node.visibility === "export";
  const { file } = symbol;
  switch (fileFeatures(file).default_symbol_visibility ?? defaults[file.edition]) {
    case "EXPORT_TOP_LEVEL":
      return parentScope(symbol.fullName) === (file.package?.text ?? "");
    case "LOCAL_ALL":
    case "STRICT":
      return false;
    default:
      return true;
  }
}
