import type { ValueType } from "../../schema/schema.ts";
import type { CodeWriter } from "./codec-writer.ts";

/** Wire type of one value. */
export function wireType(type: ValueType): 0 | 1 | 2 | 3 | 5 {
  if (type.kind === "enum") return 0;
  if (type.kind === "message") return type.delimited ? 3 : 2;
  switch (type.scalar) {
    case "double":
    case "fixed64":
    case "sfixed64":
      return 1;
    case "float":
    case "fixed32":
    case "sfixed32":
      return 5;
    case "string":
    case "bytes":
      return 2;
    default:
      return 0;
  }
}

export function tagOf(number: number, wire: number): number {
  return number * 8 + wire;
}

/** The bytes of a tag. */
function tagBytes(tag: number): number[] {
  const bytes: number[] = [];
  let rest = tag;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

/** How many bytes a tag has. */
export function tagLength(tag: number): number {
  let length = 1;
  for (let rest = tag; rest > 127; rest = Math.floor(rest / 128)) length += 1;
  return length;
}

/** Statements that write a tag. */
export function writeTag(tag: number): string {
  if (tag < 128) return `b[p++] = ${tag};`;
  return tagBytes(tag)
    .map((byte) => `b[p++] = ${byte};`)
    .join(" ");
}

/** Most bytes of a value, undefined for types whose helpers check the room themselves. */
export function fixedRoom(type: ValueType): number | undefined {
  if (type.kind === "enum") return 10;
  if (type.kind === "message") return undefined;
  switch (type.scalar) {
    case "string":
    case "bytes":
      return undefined;
    case "bool":
      return 1;
    case "double":
    case "fixed64":
    case "sfixed64":
      return 8;
    case "float":
    case "fixed32":
    case "sfixed32":
      return 4;
    case "uint32":
    case "sint32":
      return 5;
    default:
      return 10;
  }
}

/** The bigint that a 64-bit integer is written as, when it is text or a number in messages. */
export function toLong(w: CodeWriter, type: ValueType, x: string): string {
  if (type.kind !== "scalar" || type.js === undefined) return x;
  return `${w.runtime(type.js === "string" ? "longFromText" : "longFromNumber")}(${x})`;
}

/** The value that a message has for a 64-bit integer that was read as bigint. */
export function fromLong(w: CodeWriter, type: ValueType, x: string, from: "Binary" | "Json"): string {
  if (type.kind !== "scalar" || type.js === undefined) return x;
  return type.js === "string"
    ? `${w.file.global("String")}(${x})`
    : `${w.runtime(`longToNumber${from}`)}(${x})`;
}

/** `Int32` of `int32`, as in the names of the runtime's helpers. */
export function helperName(scalar: string): string {
  return scalar.charAt(0).toUpperCase() + scalar.slice(1);
}
