import type { Linked } from "./linked.ts";
import { scalarTypes } from "./linked.ts";
import { suggest } from "./suggest.ts";
import type { SchemaSymbol } from "./symbols.ts";
import { isTypeSymbol, join, parentScope } from "./symbols.ts";
import type { FileNode } from "./syntax.ts";

/** What other languages call our scalars. */
const foreignTypes: Readonly<Record<string, string>> = {
  int: "int32",
  integer: "int32",
  number: "double",
  long: "int64",
  bigint: "int64",
  uint: "uint32",
  ulong: "uint64",
  byte: "bytes",
  buffer: "bytes",
  boolean: "bool",
  str: "string",
  date: "google.protobuf.Timestamp",
};

/** Well-known types by name -> file of google/protobuf. */
const wellKnownFiles: Readonly<Record<string, string>> = {
  Any: "any",
  Duration: "duration",
  Empty: "empty",
  FieldMask: "field_mask",
  Struct: "struct",
  Value: "struct",
  ListValue: "struct",
  NullValue: "struct",
  Timestamp: "timestamp",
  DoubleValue: "wrappers",
  FloatValue: "wrappers",
  Int64Value: "wrappers",
  UInt64Value: "wrappers",
  Int32Value: "wrappers",
  UInt32Value: "wrappers",
  BoolValue: "wrappers",
  StringValue: "wrappers",
  BytesValue: "wrappers",
};

/** Why a reference means nothing, and what may have been meant. */
export function explainUnresolved(
  linked: Linked,
  file: FileNode,
  {
    written,
    scope,
    wanted,
    isBrief,
  }: { written: string; scope: string; wanted: "type" | "message"; isBrief: boolean },
): { rule: string; message: string } {
  const isAbsolute = written.startsWith(".");
  const name = isAbsolute ? written.slice(1) : written;
  const visible = linked.visibleFrom(file);
  if (scalarTypes.has(written)) {
    return { rule: "not-a-message", message: `"${name}" is not a message; wrap it in one.` };
  }
  const hidden = lookOutwards(linked, name, isAbsolute ? "" : scope);
  if (hidden !== undefined && !visible.has(hidden.file)) return missingImport(name, hidden.file.path);
  if (hidden?.fullName === name && !isAbsolute) {
    const message = `"${name}" is looked up in a nearer scope first, and is not there; write ".${name}".`;
    return { rule: "unresolved-type", message };
  }
  const wellKnown = /^(?:google\.protobuf\.)?(\w+)$/.exec(name)?.[1] ?? "";
  if (Object.hasOwn(wellKnownFiles, wellKnown)) {
    const path = `google/protobuf/${wellKnownFiles[wellKnown]}.proto`;
    return missingImport(`google.protobuf.${wellKnown}`, path, name);
  }
  const other = linked.symbols.get(join(scope, name)) ?? linked.symbols.get(name);
  const found = other === undefined || isTypeSymbol(other) ? "" : ` ("${other.fullName}" is a ${other.kind})`;
  const kind = wanted === "type" ? "message or enum" : "message";
  const near = nearName();
  const fix = near === undefined ? "check the spelling and the imports." : `did you mean "${near}"?`;
  return { rule: "unresolved-type", message: `There is no ${kind} "${written}"${found}; ${fix}` };

  function nearName(): string | undefined {
    const foreign = name.toLowerCase();
    if (wanted === "type" && Object.hasOwn(foreignTypes, foreign)) return foreignTypes[foreign];
    if (isBrief) return undefined;
    const candidates: string[] = [];
    for (const symbol of linked.symbols.values()) {
      const isWanted = symbol.kind === "message" || (wanted === "type" && symbol.kind === "enum");
      if (isWanted && visible.has(symbol.file)) candidates.push(symbol.fullName);
    }
    if (isAbsolute) {
      const full = suggest(name, candidates, "");
      return full === undefined ? undefined : `.${full}`;
    }
    return suggest(name, candidates, file.package?.text ?? "", wanted === "type" ? scalarTypes : []);
  }
}

/** What was found where a message is needed, and how to get at a message that it hides. */
export function explainKind(
  linked: Linked,
  { kind, fullName }: SchemaSymbol,
  written: string,
  scope: string,
  file: FileNode,
): string {
  const found = `"${fullName}" is ${/^(e|rpc)/.test(kind) ? "an" : "a"} ${kind}`;
  const isMessage = (symbol: SchemaSymbol) => symbol.kind === "message";
  const hidden = linked.resolve(written, scope, file, isMessage);
  return hidden === undefined ? `${found}.` : `${found} and is looked up first; write ".${hidden.fullName}".`;
}

/** The nearest type of that name, seen or not. */
function lookOutwards(linked: Linked, name: string, scope: string): SchemaSymbol | undefined {
  for (let outer = scope; ; outer = parentScope(outer)) {
    const symbol = linked.symbols.get(join(outer, name));
    if (symbol !== undefined && isTypeSymbol(symbol)) return symbol;
    if (outer === "") return undefined;
  }
}

function missingImport(name: string, path: string, written = name): { rule: string; message: string } {
  const use = name === written ? "" : ` and write "${name}"`;
  return {
    rule: "missing-import",
    message: `"${written}" is declared in ${path}; add import "${path}" to this file${use}.`,
  };
}
