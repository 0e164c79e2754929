import type { Diagnostic } from "./diagnostic.ts";
import { lifetimeProblem } from "./feature-support.ts";
import { isOpenEnum } from "./features.ts";
import type { Linked } from "./linked.ts";
import { missingRequired } from "./option-contents.ts";
import { OptionError } from "./option-error.ts";
import { createOptionLookup } from "./option-lookup.ts";
import type { OptionData, OptionMessage, OptionsType } from "./option-message.ts";
import { toScalar, wrongValue } from "./option-scalar.ts";
import { featureProblem, targetProblem } from "./option-targets.ts";
import { suggest } from "./suggest.ts";
import type { SchemaSymbol } from "./symbols.ts";
import type { AggregateEntry, FieldNode, FileNode, OneofNode, OptionNode, OptionValue } from "./syntax.ts";
import { optionName } from "./syntax.ts";

/** Options that are no fields of FieldOptions but of the field itself. */
const pseudoOptions: ReadonlySet<string> = new Set(["default", "json_name"]);

/**
 * Looks options up in descriptor.proto and in the extensions that `file` sees, and checks the type of each value, as
 * protoc does. `scope` is the full name of what the options stand in.
 */
export function interpretOptions(
  linked: Linked,
  file: FileNode,
  scope: string,
  type: OptionsType,
  options: readonly OptionNode[],
): { message: OptionMessage; diagnostics: Diagnostic[] } {
  const lookup = createOptionLookup(linked, file, scope);
  const isEdition = file.edition !== "proto2" && file.edition !== "proto3";
  const message: OptionMessage = { typeName: `google.protobuf.${type}`, fields: new Map() };
  const diagnostics: Diagnostic[] = [];
  /** Where each option is set first. */
  const firstAt = new Map<FieldNode, number>();
  for (const option of options) {
    const [first] = option.parts;
    if (
      type === "FieldOptions" &&
      option.parts.length === 1 &&
      !first!.isExtension &&
      pseudoOptions.has(first!.name)
    ) {
      continue;
    }
    try {
      setOption(message, option);
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      if (error.rule === "unknown-option" && linked.isIncomplete(file)) continue;
      diagnostics.push({
        position: linked.position(file, error.at),
        rule: error.rule,
        message: error.message,
      });
    }
  }
  for (const [node, at] of firstAt) {
    const missing = missingRequired(linked, message.fields.get(node));
    if (missing === undefined || diagnostics.length > 0) continue;
    const text = `"${missing}" is required; set it, too.`;
    diagnostics.push({ position: linked.position(file, at), rule: "option-value", message: text });
  }
  return { message, diagnostics };

  function setOption(target: OptionMessage, option: OptionNode): void {
    const [head] = option.parts;
    if (head?.isExtension === false && head.name === "features" && !isEdition) {
      const message = `Features need an edition; write edition = "2023"; instead of the syntax line.`;
      throw new OptionError(option.at, "edition-feature", message);
    }
    let current = target;
    option.parts.forEach((part, index) => {
      const { node, key } = part.isExtension
        ? lookup.extension(current.typeName, part.name, part.at, false)
        : lookup.field(current.typeName, part.name, part.at, false);
      checkTarget(current.typeName, node, part.at);
      if (index === 0) firstAt.set(node, option.at);
      if (head?.isExtension === false && head.name === "features" && part.isExtension) {
        if (linked.fileOf(node) === file)
          throw new OptionError(
            part.at,
            "edition-feature",
            `"(${part.name})" is declared in this file, so it cannot be a feature here; declare it in another one.`,
          );
      }
      refuseOtherChoice(current, node, option);
      const isLast = index === option.parts.length - 1;
      const known = current.fields.get(node);
      if (isLast) {
        if (known !== undefined && node.label !== "repeated" && node.mapKey === undefined) {
          throw new OptionError(
            option.at,
            "duplicate-option",
            `Option "${optionName(option)}" is set twice; remove one.`,
          );
        }
        if (node.label === "repeated" && option.value.kind === "list") {
          throw new OptionError(
            option.value.at,
            "option-value",
            "Write the option once for each element of a list.",
          );
        }
        addValue(current, node, key, option.value, false);
        return;
      }
      const inner = linked.target(node.type);
      if (inner?.kind !== "message" || node.label === "repeated" || node.mapKey !== undefined) {
        throw new OptionError(
          part.at,
          "option-value",
          `"${part.name}" is not a single message, so nothing can follow it.`,
        );
      }
      const existing = known?.values[0];
      if (existing?.kind === "message") {
        current = existing.value;
      } else {
        const value: OptionMessage = { typeName: inner.fullName, fields: new Map() };
        current.fields.set(node, { node, key, values: [{ kind: "message", value }] });
        current = value;
      }
    });
  }

  /** Of a oneof one field is set, in braces and without. */
  function refuseOtherChoice(target: OptionMessage, node: FieldNode, option: OptionNode): void {
    if (node.oneof === undefined) return;
    for (const other of node.oneof.fields) {
      if (other === node || !target.fields.has(other)) continue;
      const message = `"${node.name.text}" and "${other.name.text}" are of the same oneof; remove one.`;
      throw new OptionError(option.at, "duplicate-option", message);
    }
  }

  function checkTarget(owner: string, node: FieldNode, at: number): void {
    const problem = targetProblem(owner, node, type);
    if (problem !== undefined) throw new OptionError(at, "option-target", problem);
  }

  /** @param isText it stands in braces, where values are written as in the text format */
  function addValue(
    target: OptionMessage,
    node: FieldNode,
    key: string,
    value: OptionValue,
    isText: boolean,
  ): void {
    if (target.typeName === "google.protobuf.FeatureSet") {
      const problem = featureProblem(node, value, file.edition);
      if (problem !== undefined) throw new OptionError(value.at, "edition-feature", problem);
    }
    refuseLifetime(node, value.at);
    const field = target.fields.get(node) ?? { node, key, values: [] };
    target.fields.set(node, field);
    const isMany = node.label === "repeated" || node.mapKey !== undefined;
    const values = isMany && value.kind === "list" ? value.values : [value];
    for (const element of values) {
      field.values.push(
        node.mapKey === undefined ? toData(node, element, isText) : toMapEntry(node, element),
      );
    }
  }

  /** An option may be known to some editions only. */
  function refuseLifetime({ name, options }: Pick<FieldNode, "name" | "options">, at: number): void {
    const problem = lifetimeProblem(name.text, options, file.edition);
    if (problem !== undefined) throw new OptionError(at, "edition-feature", problem);
  }

  function toMapEntry(node: FieldNode, value: OptionValue): OptionData {
    if (value.kind !== "aggregate") throw wrongValue(node, value, `{ key: ... value: ... }`);
    const entry: OptionMessage = { typeName: "", fields: new Map() };
    for (const { name, at, value: part } of value.entries) {
      if (name !== "key" && name !== "value")
        throw new OptionError(at, "unknown-option", `A map's entry has "key" and "value" only.`);
      addValue(entry, node.mapEntry![name], name, part, true);
    }
    return { kind: "message", value: entry };
  }

  function toMessage(typeName: string, entries: readonly AggregateEntry[]): OptionMessage {
    const result: OptionMessage = { typeName, fields: new Map() };
    const choices = new Map<OneofNode, FieldNode>();
    for (const entry of entries) {
      const { node, key } = entry.isExtension
        ? lookup.extension(typeName, entry.name, entry.at, true)
        : lookup.field(typeName, entry.name, entry.at, true);
      checkTarget(typeName, node, entry.at);
      const known = result.fields.get(node);
      if (known !== undefined && node.label !== "repeated" && node.mapKey === undefined) {
        throw new OptionError(entry.at, "duplicate-option", `"${entry.name}" is set twice; remove one.`);
      }
      if (node.oneof !== undefined) {
        const other = choices.get(node.oneof) ?? node;
        choices.set(node.oneof, node);
        if (other !== node) {
          const message = `"${entry.name}" and "${other.name.text}" are of the same oneof; remove one.`;
          throw new OptionError(entry.at, "duplicate-option", message);
        }
      }
      if (!entry.hasColon && linked.target(node.type)?.kind !== "message" && node.mapKey === undefined)
        throw new OptionError(entry.at, "option-value", `Write ":" after "${entry.name}".`);
      addValue(result, node, entry.isExtension ? `[${key.slice(1, -1)}]` : key, entry.value, true);
    }
    return result;
  }

  function toData(node: FieldNode, value: OptionValue, isText: boolean): OptionData {
    const target = linked.target(node.type);
    if (target?.kind === "message") {
      if (value.kind !== "aggregate") throw wrongValue(node, value, "a message in braces");
      const [entry] = value.entries;
      if (target.fullName === "google.protobuf.Any" && entry?.isExtension && entry.name.includes("/")) {
        const [, second] = value.entries;
        if (second !== undefined)
          throw new OptionError(second.at, "duplicate-option", "An Any holds one message; remove the rest.");
        return toAny(entry);
      }
      return { kind: "message", value: toMessage(target.fullName, value.entries) };
    }
    if (target?.kind === "enum") return toEnum(node, value, target, isText);
    return toScalar(linked, node, value, isText);
  }

  function toAny(entry: AggregateEntry): OptionData {
    const typeName = entry.name.slice(entry.name.lastIndexOf("/") + 1);
    const symbol = linked.symbols.get(typeName);
    const domain = entry.name.slice(0, -typeName.length);
    if (domain !== "type.googleapis.com/" && domain !== "type.googleprod.com/")
      throw new OptionError(entry.at, "option-value", `An Any begins with "type.googleapis.com/".`);
    const isSeen = symbol !== undefined && linked.visibleFrom(file).has(symbol.file);
    if (symbol?.kind !== "message" || !isSeen || entry.value.kind !== "aggregate") {
      throw new OptionError(entry.at, "option-value", `"${typeName}" is not a message that is known here.`);
    }
    return { kind: "any", url: entry.name, value: toMessage(typeName, entry.value.entries) };
  }

  function toEnum(node: FieldNode, value: OptionValue, target: SchemaSymbol, isText: boolean): OptionData {
    const values = target.kind === "enum" ? target.node.values : [];
    if (isText && value.kind === "integer") {
      const known = values.find((candidate) => candidate.number.value === value.value);
      if (known !== undefined) return { kind: "enum", name: known.name.text, number: value.value };
      if (
        target.kind === "enum" &&
        isOpenEnum(linked, target) &&
        BigInt.asIntN(32, value.value) === value.value
      )
        return { kind: "enum", name: String(value.value), number: value.value };
    }
    if (value.kind !== "name" || value.isNegative)
      throw wrongValue(node, value, `the name of a value of ${target.fullName}`);
    const found = values.find((candidate) => candidate.name.text === value.name);
    if (found === undefined) {
      const near = suggest(
        value.name,
        values.map((candidate) => candidate.name.text),
        "",
      );
      const fix =
        near === undefined
          ? `use one of ${values
              .slice(0, 8)
              .map((one) => one.name.text)
              .join(", ")}.`
          : `did you mean "${near}"?`;
      throw new OptionError(
        value.at,
        "option-value",
        `"${value.name}" is not a value of ${target.fullName}; ${fix}`,
      );
    }
    refuseLifetime(found, value.at);
    return { kind: "enum", name: found.name.text, number: found.number.value };
  }
}
