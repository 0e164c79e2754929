import type { Linked } from "./linked.ts";
import { scalarTypes } from "./linked.ts";
import { isValidText } from "./option-contents.ts";
import { OptionError } from "./option-error.ts";
import type { OptionData } from "./option-message.ts";
import { integerRange, toFloat } from "./option-numbers.ts";
import type { FieldNode, OptionValue } from "./syntax.ts";

/**
 * The value of a field that is neither message nor enum.
 *
 * @param isText it stands in braces, where values are written as in the text format
 * @throws OptionError for one that its type does not have
 */
export function toScalar(linked: Linked, node: FieldNode, written: OptionValue, isText: boolean): OptionData {
  const value = isText ? plainValue(node.type.text, written) : written;
  const type = node.type.text;
  switch (type) {
    case "string":
    case "bytes":
      if (value.kind !== "string") throw wrongValue(node, value, "a text in quotes");
      if (type === "string" && !isValidText(linked, node, value.bytes))
        throw wrongValue(node, value, "UTF-8; write other bytes into an option of type bytes");
      return { kind: "bytes", value: value.bytes };
    case "bool":
      if (value.kind !== "name" || (value.name !== "true" && value.name !== "false")) {
        throw wrongValue(node, value, "true or false");
      }
      return { kind: "bool", value: value.name === "true" };
    case "float":
    case "double": {
      const number = toFloat(value, isText);
      if (number === undefined) throw wrongValue(node, value, "a number");
      return { kind: "float", value: number };
    }
    default: {
      if (!scalarTypes.has(type) || value.kind !== "integer") throw wrongValue(node, value, "an integer");
      const { min, max } = integerRange(type);
      if (value.value < min || value.value > max) {
        const message = `${value.value} does not fit into ${type} (${min} to ${max}).`;
        throw new OptionError(value.at, "option-value", message);
      }
      return { kind: "integer", value: value.value };
    }
  }
}

/** What the text format has more words for: `t`, `True` and 1 are true, `Infinity` is inf. */
function plainValue(type: string, value: OptionValue): OptionValue {
  const { at } = value;
  if (type === "bool") {
    const word = value.kind === "name" && !value.isNegative ? value.name : undefined;
    const number = value.kind === "integer" ? value.value : undefined;
    if (word === "t" || word === "True" || number === 1n)
      return { kind: "name", name: "true", isNegative: false, at };
    if (word === "f" || word === "False" || number === 0n)
      return { kind: "name", name: "false", isNegative: false, at };
  }
  const isFloat = type === "double" || type === "float";
  return isFloat && value.kind === "name" ? { ...value, name: value.name.toLowerCase() } : value;
}

/** A value of another kind than its field's. */
export function wrongValue(node: FieldNode, value: OptionValue, wanted: string): OptionError {
  return new OptionError(value.at, "option-value", `"${node.name.text}" wants ${wanted}.`);
}
