import type { Diagnostic } from "./diagnostic.ts";
import { explainKind, explainUnresolved } from "./explain-unresolved.ts";
import { positionAt } from "./position.ts";
import { createNameResolver, type ResolveName } from "./resolve-names.ts";
import type { Position } from "./schema.ts";
import type { SchemaSymbol } from "./symbols.ts";
import { declaredSymbols, isTypeSymbol, join } from "./symbols.ts";
import type { FieldNode, FileNode, MessageNode, NameNode } from "./syntax.ts";
import { isExported } from "./visibility.ts";
import { createVisibleFiles } from "./visible-files.ts";

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
  /** Which file declares a field or extension; undefined for the fields of a map's hidden message. */
  fileOf(field: FieldNode): FileNode | undefined;
  readonly resolve: ResolveName;
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
  const declared = new Map(files.map((file) => [file, declaredSymbols(file)]));
  const symbols = new Map<string, SchemaSymbol>();
  for (const file of files) {
    for (const symbol of declared.get(file)!) {
      // A map's hidden message never hides what a person declared.
      const known = symbols.get(symbol.fullName);
      if (known === undefined || known.kind === "map entry") symbols.set(symbol.fullName, symbol);
    }
  }
  const visible = createVisibleFiles(files);
  const resolve = createNameResolver(files, symbols, visible);
  const targets = new Map<NameNode, SchemaSymbol>();
  const extended = new Map<FieldNode, NameNode>();
  /** Made when it is asked for first: that is rare. */
  let filesByField: Map<FieldNode, FileNode> | undefined;
  const fieldsByName = new Map<MessageNode, Map<string, FieldNode>>();
  const diagnostics: Diagnostic[] = [];

  const linked: Linked = {
    files,
    symbols,
    symbolsOf: (file) => declared.get(file) ?? [],
    visibleFrom: visible.from,
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
    fileOf(field) {
      if (filesByField === undefined) {
        filesByField = new Map();
        for (const [file, found] of declared)
          for (const symbol of found)
            if (symbol.kind === "field" || symbol.kind === "extension") filesByField.set(symbol.node, file);
      }
      return filesByField.get(field);
    },
    resolve,
    isIncomplete: (file) => [...visible.from(file)].some((seen) => incomplete.has(seen)),
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
    const symbol = resolve(reference.text, scope, file, wanted === "message" ? () => true : isNamedByType);
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
    } else if (symbol.kind === "map entry") {
      const message = `"${symbol.fullName}" is the hidden message of the map "${symbol.node.name.text}"; rename one, or begin the name with a dot.`;
      diagnostics.push({ position: positionAt(file, reference.at), rule: "map-entry-conflict", message });
    } else if (wanted === "message" && symbol.kind !== "message") {
      diagnostics.push({
        position: positionAt(file, reference.at),
        rule: "not-a-message",
        message: `${what} must be a message; ${explainKind(linked, symbol, reference.text, scope, file)}`,
      });
    } else {
      targets.set(reference, symbol);
      if (visible.isForOptionsOnly(symbol.file, file)) {
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

/** What the name of a type finds: a map's hidden message, too, although no field can use it. */
function isNamedByType(symbol: SchemaSymbol): boolean {
  return isTypeSymbol(symbol) || symbol.kind === "map entry";
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
