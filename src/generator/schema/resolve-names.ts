import type { SchemaSymbol } from "./symbols.ts";
import { join, parentScope } from "./symbols.ts";
import type { FileNode } from "./syntax.ts";
import { ofOneFile, type VisibleFiles } from "./visible-files.ts";

/** Looks a name up from inside of `scope`, as protoc does: the innermost scope first. */
export type ResolveName = (
  name: string,
  scope: string,
  file: FileNode,
  accept: (symbol: SchemaSymbol) => boolean,
) => SchemaSymbol | undefined;

/** @param symbols of all `files`, by full name */
export function createNameResolver(
  files: readonly FileNode[],
  symbols: ReadonlyMap<string, SchemaSymbol>,
  visible: VisibleFiles,
): ResolveName {
  let simpleNames: ReadonlySet<string> | undefined;
  /** What first parts of names mean, by scope. */
  const owners = ofOneFile(() => new Map<string, Map<string, string | undefined>>());

  return (name, scope, file, accept) => {
    if (name.startsWith(".")) {
      const symbol = find(name.slice(1), file);
      return symbol !== undefined && accept(symbol) ? symbol : undefined;
    }
    const dot = name.indexOf(".");
    if (dot >= 0) {
      // Innermost scope wins: `foo.google` hides `google`, even when it has no such member.
      const owner = findOwner(name.slice(0, dot), scope, file);
      const symbol = owner === undefined ? undefined : find(owner + name.slice(dot), file);
      return symbol !== undefined && accept(symbol) ? symbol : undefined;
    }
    let scopes = 0;
    for (let outer = scope; ; outer = parentScope(outer)) {
      const found = find(join(outer, name), file);
      if (found !== undefined && accept(found)) return found;
      if (outer === "") return undefined;
      scopes += 1;
      // Most names that mean nothing are declared nowhere, and scopes may be many.
      if (scopes === usualScopes) {
        simpleNames ??= lastParts(files, symbols);
        if (!simpleNames.has(name)) return undefined;
      }
    }
  };

  /** A symbol or package that `file` may see. */
  function find(fullName: string, file: FileNode): SchemaSymbol | undefined {
    const symbol = symbols.get(fullName);
    if (symbol !== undefined && (symbol.file === file || visible.from(file).has(symbol.file))) return symbol;
    const user = visible.packages(file).get(fullName);
    return user && { kind: "package", fullName, file: user, at: user.package?.at ?? 0 };
  }

  /** Full name of the innermost thing with members that is called `first`. What a scope knows is looked up once. */
  function findOwner(first: string, scope: string, file: FileNode): string | undefined {
    const scopes = owners(file);
    const root = file.package?.text ?? "";
    // Not of all scopes on the way: there may be many, and names, too.
    const passed: Map<string, string | undefined>[] = [];
    let owner: string | undefined;
    for (let outer = scope; ; outer = parentScope(outer)) {
      let known = scopes.get(outer);
      if (known === undefined) {
        known = new Map();
        scopes.set(outer, known);
      }
      if (known.has(first)) {
        owner = known.get(first);
        break;
      }
      if (outer === scope || outer === root) passed.push(known);
      const fullName = join(outer, first);
      const found = find(fullName, file);
      if (found !== undefined && hasMembers(found)) {
        owner = fullName;
        break;
      }
      if (outer === "") break;
    }
    for (const known of passed) known.set(first, owner);
    return owner;
  }
}

function hasMembers({ kind }: SchemaSymbol): boolean {
  return (
    kind === "map entry" || kind === "package" || kind === "message" || kind === "enum" || kind === "service"
  );
}

/** Names are nearly always found in as many: a message, those around it, and the parts of a package. */
const usualScopes = 10;

/** Last parts of all names there are. */
function lastParts(
  files: readonly FileNode[],
  symbols: ReadonlyMap<string, SchemaSymbol>,
): ReadonlySet<string> {
  const parts = new Set<string>();
  for (const fullName of symbols.keys()) parts.add(fullName.slice(fullName.lastIndexOf(".") + 1));
  for (const { package: name } of files) for (const part of name?.text.split(".") ?? []) parts.add(part);
  return parts;
}
