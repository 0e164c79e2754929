import type { OptionValue } from "./syntax.ts";

/**
 * Number of an option's value, undefined when it is none: `1`, `-2.5`, `inf`.
 *
 * @param isText it stands in braces: the text format knows `infinity`, and numbers in decimal only
 */
export function toFloat(value: OptionValue, isText = false): number | undefined {
  if (value.kind === "integer") return isText && !value.isDecimal ? undefined : Number(value.value);
  if (value.kind === "float") return value.value;
  if (value.kind !== "name") return undefined;
  if (value.name === "inf" || (isText && value.name === "infinity"))
    return value.isNegative ? -Infinity : Infinity;
  return value.name === "nan" ? Number.NaN : undefined;
}

/** `int32`, `sfixed64` ... -> smallest and largest value. */
export function integerRange(type: string): { min: bigint; max: bigint } {
  const bits = type.endsWith("64") ? 64n : 32n;
  if (type.startsWith("u") || type.startsWith("fixed")) return { min: 0n, max: (1n << bits) - 1n };
  return { min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n };
}
