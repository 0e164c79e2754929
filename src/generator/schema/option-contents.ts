import { fileFeatures, statedFeatures, withOptions } from "./features.ts";
import type { Linked } from "./linked.ts";
import type { OptionField, OptionMessage } from "./option-message.ts";
import type { FieldNode } from "./syntax.ts";

/** Name of a required field that a message in an option lacks, undefined when nothing is missing. */
export function missingRequired(linked: Linked, field: OptionField | undefined): string | undefined {
  for (const data of field?.values ?? []) {
    if (data.kind !== "message" && data.kind !== "any") continue;
    const missing = missingIn(linked, data.value);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

function missingIn(linked: Linked, { typeName, fields }: OptionMessage): string | undefined {
  const symbol = linked.symbols.get(typeName);
  const required = symbol?.kind === "message" ? symbol.node.fields.filter(isRequired) : [];
  const missing = required.find((node) => !fields.has(node));
  if (missing !== undefined) return missing.name.text;
  for (const field of fields.values()) {
    const inner = missingRequired(linked, field);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function isRequired({ label, options }: FieldNode): boolean {
  if (label === "required" || options.length === 0) return label === "required";
  return statedFeatures(options).some(({ value }) => value === "LEGACY_REQUIRED");
}

/** May a string field hold these bytes, one char each? proto3 and most of editions want UTF-8. */
export function isValidText(linked: Linked, node: FieldNode, bytes: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is UTF-8.
  if (/^[\x00-\x7f]*$/.test(bytes)) return true;
  const file = linked.fileOf(node);
  if (file === undefined) return true;
  if (withOptions(fileFeatures(file), node.options).utf8_validation === "NONE") return true;
  const text = Buffer.from(bytes, "latin1");
  return Buffer.from(text.toString("utf8"), "utf8").equals(text);
}
