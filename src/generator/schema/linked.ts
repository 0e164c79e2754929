import type { Diagnostic } from "./diagnostic.ts";
import { explainKind, explainUnresolved } from "./explain-unresolved.ts";
import { positionAt } from "./position.ts";
import type { Position } from "./schema.ts";
import type { SchemaSymbol } from "./symbols.ts";
import { declaredSymbols, isTypeSymbol, join, parentScope } from "./symbols.ts";
import type { FieldNode, FileNode, MessageNode, NameNode } from "./syntax.ts";
import { isExported } from "./visibility.ts";

/** Parsed files and what their names mean. What `check/` and the builders work on. */
export interface Linked {
  /** Imports first, otherwise by path. */
  readonly files: readonly FileNode[];
  readonly symbols: ReadonlyMap<string, SchemaSymbol>;
  /** Declarations of one file in order, duplicates included. */
  symbolsOf(file: FileNode): readonly SchemaSymbol[];
  /** Files whose names this file may use: itself, its imports, and what those import publicly. */
  visibleFrom(file: FileNode): ReadonlySet<FileNode>;
  /** What a reference means, undefined when `link` complained about it. */
  target(reference: NameNode): SchemaSymbol | undefined;
  /** Full name of the message that an extension extends. */
  extendee(extension: FieldNode): string | undefined;
  /** A message's field by its name; in text format a group is named after its type, too. */
  field(message: MessageNode, name: string): FieldNode | undefined;
  /** Looks a name up from inside of `scope`, as protoc does. */
  resolve(
    name: string,
    scope: string,
    file: FileNode,
    accept: (symbol: SchemaSymbol) => boolean,
  ): SchemaSymbol | undefined;
  /** May `file` use names that are hidden by a mistake elsewhere? Then nothing is said about what is not found. */
  isIncomplete(file: FileNode): boolean;
  position(file: FileNode, at: number): Position;
}

export const scalarTypes: ReadonlySet<string> = new Set([
  "double",
  "float",
  "int32",
  "int64",
  "uint32",
  "uint64",
  "sint32",
  "sint64",
  "fixed32",
  "fixed64",
  "sfixed32",
  "sfixed64",
  "bool",
  "string",
  "bytes",
]);

/** Suggesting a name looks at all of them, so only the first mistakes get one. */
const maxSuggestions = 100;

/** Looks up every name. Names that mean nothing become diagnostics, unless an `incomplete` file may declare them. */
export function link(
  files: readonly FileNode[],
  incomplete: ReadonlySet<FileNode>,
): { linked: Linked; diagnostics: Diagnostic[] } {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const declared = new Map(files.map((file) => [file, declaredSymbols(file)]));
  const symbols = new Map<string, SchemaSymbol>();
  for (const file of files) {
    for (const symbol of declared.get(file)!) {
      // A map's hidden message never hides what a person declared.
      const known = symbols.get(symbol.fullName);
      if (known === undefined || known.kind === "map entry") symbols.set(symbol.fullName, symbol);
    }
  }
  /** Last parts of all names there are. */
  const simpleNames = new Set<string>();
  for (const fullName of symbols.keys()) simpleNames.add(fullName.slice(fullName.lastIndexOf(".") + 1));
  for (const { package: name } of files)
    for (const part of name?.text.split(".") ?? []) simpleNames.add(part);
  const visibility = new Map<FileNode, Set<FileNode>>();
  const packages = new Map<FileNode, Map<string, FileNode>>();
  const owners = new Map<FileNode, Map<string, Map<string, string | undefined>>>();
  const targets = new Map<NameNode, SchemaSymbol>();
  const extended = new Map<FieldNode, NameNode>();
  const fieldsByName = new Map<MessageNode, Map<string, FieldNode>>();
  const diagnostics: Diagnostic[] = [];

  function visibleFrom(file: FileNode): Set<FileNode> {
    let visible = visibility.get(file);
    if (visible === undefined) {
      visible = new Set([file]);
      const add = (path: string) => {
        const imported = byPath.get(path);
        if (imported !== undefined) visible!.add(imported);
      };
      for (const next of file.imports) add(next.path);
      // The set grows while it is walked.
      for (const imported of visible) {
        if (imported === file) continue;
        for (const next of imported.imports) if (next.kind === "public") add(next.path);
      }
      // Of one file only: files are worked on one after the other, and each may see thousands.
      visibility.clear();
      visibility.set(file, visible);
    }
    return visible;
  }

  /** Is `imported` seen by `import option` alone? */
  function isForOptionsOnly(imported: FileNode, file: FileNode): boolean {
    if (imported === file || !file.imports.some(({ kind }) => kind === "option")) return false;
    const seen = new Set(file.imports.flatMap(({ kind, path }) => (kind === "option" ? [] : [path])));
    // The set grows while it is walked.
    for (const path of seen)
      for (const next of byPath.get(path)?.imports ?? []) if (next.kind === "public") seen.add(next.path);
    return !seen.has(imported.path);
  }

  /** Packages, and what they are in, of the visible files; with a file that declares each. */
  function visiblePackages(file: FileNode): Map<string, FileNode> {
    let names = packages.get(file);
    if (names === undefined) {
      names = new Map();
      for (const visible of visibleFrom(file)) {
        for (let name = visible.package?.text ?? ""; name !== ""; name = parentScope(name)) {
          names.set(name, visible);
        }
      }
      packages.clear();
      packages.set(file, names);
    }
    return names;
  }

  /** A symbol or package that `file` may see. */
  function find(fullName: string, file: FileNode): SchemaSymbol | undefined {
    const symbol = symbols.get(fullName);
    if (
      symbol !== undefined &&
      symbol.kind !== "map entry" &&
      (symbol.file === file || visibleFrom(file).has(symbol.file))
    )
      return symbol;
    const user = visiblePackages(file).get(fullName);
    return user && { kind: "package", fullName, file: user, at: user.package?.at ?? 0 };
  }

  function resolve(name: string, scope: string, file: FileNode, accept: (symbol: SchemaSymbol) => boolean) {
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
    // Most names that mean nothing are declared nowhere, and scopes may be many.
    if (!simpleNames.has(name)) return undefined;
    for (let outer = scope; ; outer = parentScope(outer)) {
      const found = find(join(outer, name), file);
      if (found !== undefined && accept(found)) return found;
      if (outer === "") return undefined;
    }
  }

  /** Full name of the innermost thing with members that is called `first`. What a scope knows is looked up once. */
  function findOwner(first: string, scope: string, file: FileNode): string | undefined {
    let scopes = owners.get(file);
    if (scopes === undefined) {
      scopes = new Map();
      owners.clear();
      owners.set(file, scopes);
    }
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

  const linked: Linked = {
    files,
    symbols,
    symbolsOf: (file) => declared.get(file) ?? [],
    visibleFrom,
    target: (reference) => targets.get(reference),
    extendee(extension) {
      const reference = extended.get(extension);
      return reference === undefined ? undefined : targets.get(reference)?.fullName;
    },
    field(message, name) {
      let fields = fieldsByName.get(message);
      if (fields === undefined) {
        fields = new Map();
        for (const field of message.fields.toReversed()) {
          if (field.isGroup) fields.set(field.type.text, field);
          fields.set(field.name.text, field);
        }
        fieldsByName.set(message, fields);
      }
      return fields.get(name);
    },
    resolve,
    isIncomplete: (file) => [...visibleFrom(file)].some((visible) => incomplete.has(visible)),
    position: (file, at) => positionAt(file, at),
  };

  function look(
    reference: NameNode,
    scope: string,
    file: FileNode,
    wanted: "type" | "message",
    what: string,
  ): void {
    if (wanted === "type" && scalarTypes.has(reference.text)) return;
    // As protoc: where only a message will do, anything of that name hides the messages of outer scopes.
    const symbol = resolve(reference.text, scope, file, wanted === "message" ? () => true : isTypeSymbol);
    if (symbol === undefined) {
      if (linked.isIncomplete(file)) return;
      diagnostics.push({
        position: positionAt(file, reference.at),
        ...explainUnresolved(linked, file, {
          written: reference.text,
          scope,
          wanted,
          isBrief: diagnostics.length >= maxSuggestions,
        }),
      });
    } else if (wanted === "message" && symbol.kind !== "message") {
      diagnostics.push({
        position: positionAt(file, reference.at),
        rule: "not-a-message",
        message: `${what} must be a message; ${explainKind(linked, symbol, reference.text, scope, file)}`,
      });
    } else {
      targets.set(reference, symbol);
      if (isForOptionsOnly(symbol.file, file)) {
        const { path } = symbol.file;
        const message = `"${symbol.fullName}" is imported for options only; write import "${path}" without "option".`;
        diagnostics.push({ position: positionAt(file, reference.at), rule: "missing-import", message });
      }
      if (symbol.file === file || isExported(symbol)) return;
      const message = `"${symbol.fullName}" is local to ${symbol.file.path}; write "export" in front of its declaration there.`;
      diagnostics.push({ position: positionAt(file, reference.at), rule: "not-exported", message });
    }
  }

  for (const file of files) {
    for (const { scope, reference, wanted, what, fields } of references(file)) {
      look(reference, scope, file, wanted, what);
      for (const field of fields ?? []) extended.set(field, reference);
    }
  }
  return { linked, diagnostics };
}

function hasMembers(symbol: SchemaSymbol): boolean {
  const { kind } = symbol;
  return kind === "package" || kind === "message" || kind === "enum" || kind === "service";
}

interface Reference {
  readonly reference: NameNode;
  readonly scope: string;
  readonly wanted: "type" | "message";
  readonly what: string;
  /** Of an `extend`: the extensions. */
  readonly fields?: readonly FieldNode[];
}

/** Every place of a file that names a type. */
function* references(file: FileNode): Generator<Reference> {
  const root = file.package?.text ?? "";
  function* inTypes(scope: string, node: Pick<FileNode, "messages" | "extends">): Generator<Reference> {
    for (const { extendee, fields } of node.extends) {
      yield { reference: extendee, scope, wanted: "message", what: "What is extended", fields };
      for (const field of fields)
        yield { reference: field.type, scope, wanted: "type", what: "A field's type" };
    }
    for (const message of node.messages) {
      const inner = join(scope, message.name.text);
      for (const field of message.fields)
        yield { reference: field.type, scope: inner, wanted: "type", what: "A field's type" };
      yield* inTypes(inner, message);
    }
  }
  yield* inTypes(root, file);
  for (const service of file.services) {
    const scope = join(root, service.name.text);
    for (const method of service.methods) {
      yield { reference: method.input, scope, wanted: "message", what: "An rpc's request" };
      yield { reference: method.output, scope, wanted: "message", what: "An rpc's response" };
    }
  }
}
