import type {
  EnumNode,
  EnumValueNode,
  FieldNode,
  FileNode,
  MessageNode,
  MethodNode,
  OneofNode,
  ServiceNode,
} from "./syntax.ts";

interface SymbolBase {
  /** Without leading dot. */
  readonly fullName: string;
  readonly file: FileNode;
  /** Offset of the name. */
  readonly at: number;
}

/** Anything with a full name. */
export type SchemaSymbol = SymbolBase &
  (
    | { readonly kind: "package" }
    | { readonly kind: "message"; readonly node: MessageNode }
    | { readonly kind: "enum"; readonly node: EnumNode }
    | { readonly kind: "enum value"; readonly node: EnumValueNode; readonly enum: EnumNode }
    | { readonly kind: "field"; readonly node: FieldNode }
    /** `extendee` is a full name once it is looked up. */
    | { readonly kind: "extension"; readonly node: FieldNode }
    | { readonly kind: "oneof"; readonly node: OneofNode }
    | { readonly kind: "service"; readonly node: ServiceNode }
    | { readonly kind: "rpc"; readonly node: MethodNode }
    | { readonly kind: "map entry"; readonly node: FieldNode }
  );

/** All declarations of a file with their full names, in order; duplicates included. */
export function declaredSymbols(file: FileNode): SchemaSymbol[] {
  const symbols: SchemaSymbol[] = [];
  const prefix = file.package?.text ?? "";

  function addMessage(scope: string, node: MessageNode): void {
    const fullName = join(scope, node.name.text);
    symbols.push({ kind: "message", fullName, file, at: node.name.at, node });
    for (const field of node.fields) {
      symbols.push({
        kind: "field",
        fullName: join(fullName, field.name.text),
        file,
        at: field.name.at,
        node: field,
      });
      if (field.mapKey === undefined) continue;
      const entry = join(fullName, mapEntryName(field.name.text));
      symbols.push({ kind: "map entry", fullName: entry, file, at: field.name.at, node: field });
    }
    for (const oneof of node.oneofs) {
      symbols.push({
        kind: "oneof",
        fullName: join(fullName, oneof.name.text),
        file,
        at: oneof.name.at,
        node: oneof,
      });
    }
    addTypes(fullName, node);
  }
  function addEnum(scope: string, node: EnumNode): void {
    symbols.push({ kind: "enum", fullName: join(scope, node.name.text), file, at: node.name.at, node });
    // As in C++, values are siblings of their enum.
    for (const value of node.values) {
      const fullName = join(scope, value.name.text);
      symbols.push({ kind: "enum value", fullName, file, at: value.name.at, node: value, enum: node });
    }
  }
  function addTypes(scope: string, node: Pick<FileNode, "messages" | "enums" | "extends">): void {
    for (const message of node.messages) addMessage(scope, message);
    for (const child of node.enums) addEnum(scope, child);
    for (const { fields } of node.extends) {
      for (const field of fields) {
        const fullName = join(scope, field.name.text);
        symbols.push({ kind: "extension", fullName, file, at: field.name.at, node: field });
      }
    }
  }

  addTypes(prefix, file);
  for (const service of file.services) {
    const fullName = join(prefix, service.name.text);
    symbols.push({ kind: "service", fullName, file, at: service.name.at, node: service });
    for (const method of service.methods) {
      const name = join(fullName, method.name.text);
      symbols.push({ kind: "rpc", fullName: name, file, at: method.name.at, node: method });
    }
  }
  return symbols;
}

/** Can it be the type of a field? */
export function isTypeSymbol(symbol: SchemaSymbol): boolean {
  return symbol.kind === "message" || symbol.kind === "enum";
}

/** `a.b` and `c` -> `a.b.c`; the empty scope is the root. */
export function join(scope: string, name: string): string {
  return scope === "" ? name : `${scope}.${name}`;
}

/** `a.b.c` -> `a.b`, `c` -> the root. */
export function parentScope(scope: string): string {
  return scope.slice(0, Math.max(0, scope.lastIndexOf(".")));
}

/** protoc's name for the hidden message of a map: `by_number` -> `ByNumberEntry`. */
export function mapEntryName(field: string): string {
  let result = "";
  let upper = true;
  for (const char of field) {
    if (char === "_") upper = true;
    else {
      result += upper ? char.toUpperCase() : char;
      upper = false;
    }
  }
  return `${result}Entry`;
}
