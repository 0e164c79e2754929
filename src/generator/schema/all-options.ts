import type { Diagnostic } from "./diagnostic.ts";
import { interpretOptions } from "./interpret-options.ts";
import type { Linked } from "./linked.ts";
import type { OptionMessage, OptionsType } from "./option-message.ts";
import { join } from "./symbols.ts";
import type { EnumNode, ExtendNode, FieldNode, FileNode, MessageNode, OptionNode } from "./syntax.ts";

/** Meaning of the options of every declaration that has some, by its `options` array. */
export type InterpretedOptions = ReadonlyMap<readonly OptionNode[], OptionMessage>;

const maxDiagnostics = 1000;

/** Interprets the options of all files. Mistakes in files that came with the tool are nobody's to fix, so not told. */
export function interpretAllOptions(linked: Linked): {
  options: InterpretedOptions;
  diagnostics: Diagnostic[];
} {
  const options = new Map<readonly OptionNode[], OptionMessage>();
  const diagnostics: Diagnostic[] = [];
  for (const file of linked.files) {
    for (const { type, scope, nodes } of optionSites(file)) {
      if (nodes.length === 0 || options.has(nodes)) continue;
      // Explaining looks at all names; who has made that many mistakes sees the rest in the next run.
      if (diagnostics.length >= maxDiagnostics) return { options, diagnostics };
      const result = interpretOptions(linked, file, scope, type, nodes);
      options.set(nodes, result.message);
      if (file.origin !== "bundled") diagnostics.push(...result.diagnostics);
    }
  }
  return { options, diagnostics };
}

interface OptionSite {
  readonly type: OptionsType;
  /** Where names are looked up first: as protoc, what the declaration stands in, not the declaration itself. */
  readonly scope: string;
  readonly nodes: readonly OptionNode[];
}

function* optionSites(file: FileNode): Generator<OptionSite> {
  const root = file.package?.text ?? "";
  yield { type: "FileOptions", scope: root, nodes: file.options };
  for (const message of file.messages) yield* messageSites(root, message);
  for (const child of file.enums) yield* enumSites(root, child);
  yield* extendSites(root, file.extends);
  for (const service of file.services) {
    const scope = join(root, service.name.text);
    yield { type: "ServiceOptions", scope: root, nodes: service.options };
    for (const { options } of service.methods) yield { type: "MethodOptions", scope, nodes: options };
  }
}

function* messageSites(outer: string, message: MessageNode): Generator<OptionSite> {
  const scope = join(outer, message.name.text);
  yield { type: "MessageOptions", scope: outer, nodes: message.options };
  yield* fieldSites(scope, message.fields);
  for (const { options } of message.oneofs) yield { type: "OneofOptions", scope, nodes: options };
  for (const range of message.extensionRanges)
    yield { type: "ExtensionRangeOptions", scope: outer, nodes: range.options };
  for (const nested of message.messages) yield* messageSites(scope, nested);
  for (const nested of message.enums) yield* enumSites(scope, nested);
  yield* extendSites(scope, message.extends);
}

function* extendSites(scope: string, nodes: readonly ExtendNode[]): Generator<OptionSite> {
  for (const { fields } of nodes) yield* fieldSites(scope, fields);
}

function* fieldSites(scope: string, fields: readonly FieldNode[]): Generator<OptionSite> {
  for (const { options } of fields) {
    if (options.length > 0) yield { type: "FieldOptions", scope, nodes: options };
  }
}

function* enumSites(scope: string, node: EnumNode): Generator<OptionSite> {
  yield { type: "EnumOptions", scope, nodes: node.options };
  for (const { options } of node.values) {
    if (options.length > 0) yield { type: "EnumValueOptions", scope, nodes: options };
  }
}
