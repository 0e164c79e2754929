import { toFloat } from "./option-numbers.ts";
import type { FieldNode, OptionValue } from "./syntax.ts";

/** The value of a `default` option as it is written, undefined for none. */
export function defaultOption(field: FieldNode): OptionValue | undefined {
  return pseudoOption(field, "default");
}

/** The text of a `json_name` option, undefined for none. */
export function jsonNameOption(field: FieldNode): string | undefined {
  const value = pseudoOption(field, "json_name");
  return value?.kind === "string" ? Buffer.from(value.bytes, "latin1").toString("utf8") : undefined;
}

function pseudoOption(field: FieldNode, name: string): OptionValue | undefined {
  const { options } = field;
  for (let i = 0; i < options.length; i++) {
    const { parts, value } = options[i]!;
    const part = parts[0]!;
    if (part.name === name && parts.length === 1 && !part.isExtension) return value;
  }
  return undefined;
}

/** As `Field.defaultValue` of the schema has it. */
export function plainDefault(field: FieldNode): string | number | boolean | undefined {
  const value = defaultOption(field);
  if (value === undefined) return undefined;
  const type = field.type.text;
  if (value.kind === "string")
    return type === "bytes" ? value.bytes : Buffer.from(value.bytes, "latin1").toString("utf8");
  if (type === "bool") return value.kind === "name" && value.name === "true";
  if (type === "float" || type === "double") return toFloat(value);
  if (value.kind === "integer") return type.endsWith("64") ? String(value.value) : Number(value.value);
  return value.kind === "name" ? value.name : undefined;
}

/** As `FieldDescriptorProto.default_value` has it. */
export function descriptorDefault(field: FieldNode): string | undefined {
  const value = defaultOption(field);
  if (value === undefined) return undefined;
  if (value.kind === "string") {
    return field.type.text === "bytes"
      ? escapeBytes(value.bytes)
      : Buffer.from(value.bytes, "latin1").toString("utf8");
  }
  const plain = plainDefault(field);
  if (typeof plain !== "number") return plain === undefined ? undefined : String(plain);
  if (Number.isNaN(plain)) return "nan";
  if (!Number.isFinite(plain)) return plain > 0 ? "inf" : "-inf";
  if (field.type.text !== "float" && field.type.text !== "double") return String(plain);
  return field.type.text === "float" ? floatText(plain) : doubleText(plain);
}

/** The shortest of C's %.6g and %.9g that is read back as the same float. */
function floatText(value: number): string {
  const short = toGeneral(value, 6);
  return Math.fround(Number(short)) === Math.fround(value) ? short : toGeneral(Math.fround(value), 9);
}

function doubleText(value: number): string {
  const short = toGeneral(value, 15);
  return Number(short) === value ? short : toGeneral(value, 17);
}

/** C's `%.<precision>g`: 200000000 with 6 digits -> `2e+08`. */
function toGeneral(value: number, precision: number): string {
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [digits, exponent] = value.toExponential(precision - 1).split("e") as [string, string];
  const power = Number(exponent);
  const trim = (text: string) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (power >= -4 && power < precision) return trim(value.toFixed(precision - 1 - power));
  const sign = power < 0 ? "-" : "+";
  return `${trim(digits)}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
}

const escapes: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ['"', '\\"'],
  ["'", "\\'"],
  ["\\", "\\\\"],
]);

/** C escapes as protoc writes them: `\001\377`. */
function escapeBytes(bytes: string): string {
  return bytes.replace(/[^ !#-&(-[\]-~]/g, (char) => {
    return escapes.get(char) ?? `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`;
  });
}
