import type { SchemaSymbol } from "../schema/symbols.ts";
import { parentScope } from "../schema/symbols.ts";
import type { FileTarget, Rules } from "./rule.ts";

/** Rules about full names. They look at all files, and report what comes second. */
export const nameRules: Rules<FileTarget> = {
  "duplicate-name"({ linked, file }, report) {
    const reported = new Set<string>();
    for (const symbol of linked.symbolsOf(file)) {
      const first = linked.symbols.get(symbol.fullName);
      // A map's hidden message has a rule of its own.
      if (
        first === undefined ||
        first === symbol ||
        symbol.kind === "map entry" ||
        first.kind === "map entry"
      )
        continue;
      if (isSameDeclaration(first, symbol)) continue;
      const container = symbol.kind === "message" || symbol.kind === "enum" || symbol.kind === "service";
      if (container) reported.add(symbol.fullName);
      // Of a type declared twice, the members are not worth a line each.
      if (symbol.kind !== "enum value" && reported.has(parentScope(symbol.fullName))) continue;
      report(symbol.at, describe(symbol, first, linked.position(first.file, first.at)));
    }
  },

  "package-conflict"({ linked, file }, report) {
    for (let name = file.package?.text ?? ""; name !== ""; name = parentScope(name)) {
      const symbol = linked.symbols.get(name);
      if (symbol === undefined || symbol.kind === "map entry") continue;
      const where = symbol.file === file ? "this file" : symbol.file.path;
      report(
        file.package!.at,
        `"${name}" is the name of a package and of a ${symbol.kind} in ${where}; rename one.`,
      );
    }
  },

  "map-entry-conflict"({ linked, file }, report) {
    const taken = new Map<string, SchemaSymbol>();
    for (const symbol of linked.symbolsOf(file)) {
      if (symbol.kind !== "map entry") continue;
      const other = taken.get(symbol.fullName) ?? linked.symbols.get(symbol.fullName);
      taken.set(symbol.fullName, symbol);
      if (other === undefined || other === symbol) continue;
      const name = lastPart(symbol.fullName);
      const what = other.kind === "map entry" ? `map "${other.node.name.text}"` : `${other.kind} "${name}"`;
      report(symbol.at, `This map makes a hidden message "${name}", as does ${what}; rename one.`);
    }
  },
};

function isSameDeclaration(a: SchemaSymbol, b: SchemaSymbol): boolean {
  return a.file === b.file && a.at === b.at && a.kind === b.kind;
}

function describe(symbol: SchemaSymbol, first: SchemaSymbol, where: { file: string; line: number }): string {
  const name = lastPart(symbol.fullName);
  const place = first.file === symbol.file ? `line ${where.line}` : `${where.file}:${where.line}`;
  if (symbol.kind === "enum value" && first.kind === "enum value" && symbol.enum !== first.enum) {
    const other = first.enum.name.text;
    return `"${name}" is also a value of enum "${other}" (${place}), and values share the scope around their enums; put the enum's name in front.`;
  }
  if (symbol.kind !== first.kind) {
    return `"${symbol.fullName}" is already a ${first.kind} (${place}); rename one.`;
  }
  return `"${symbol.fullName}" is declared twice, first at ${place}; rename or remove one.`;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}
