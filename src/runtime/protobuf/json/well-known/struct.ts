import { cursor } from "../../binary/state.ts";
import { JsonError } from "../../errors.ts";
import type { ListValue, Struct, Value } from "../../google/protobuf/struct.ts";
import type { JsonReadOptions, MessageInit } from "../../message-type.ts";
import { nextItem, nextMember, openArray, openObject, readStringKey, skipText } from "../input.ts";
import { readJsonDouble } from "../read-double.ts";
import { addEntry } from "../read-keys.ts";
import { readJsonString } from "../read-string.ts";
import { readJsonBool } from "../read-values.ts";
import type { JsonStyle } from "../style.ts";
import { endArray, endObject, writeAscii } from "../write.ts";
import { writeJsonDouble } from "../write-double.ts";
import { writeJsonString } from "../write-string.ts";
import { writeJsonBool } from "../write-values.ts";

/** A Struct is a JSON object. */
export function writeStructJson(m: MessageInit<Struct>, b: Uint8Array, p: number, style: JsonStyle): number {
  const start = p;
  for (const key in m.fields) {
    const value = m.fields[key];
    if (value === undefined) continue;
    p = writeJsonString(key, b, writeAscii(",", b, p), style);
    p = writeValueJson(value, b, writeAscii(":", b, p), style);
  }
  return endObject(b, start, p);
}

/** A ListValue is a JSON array. */
export function writeListValueJson(
  m: MessageInit<ListValue>,
  b: Uint8Array,
  p: number,
  style: JsonStyle,
): number {
  const start = p;
  for (const value of m.values ?? []) p = writeValueJson(value, b, writeAscii(",", b, p), style);
  return endArray(b, start, p);
}

/** A Value is any JSON value; one without a kind has no JSON form, nor have NaN and the infinities. */
export function writeValueJson(m: MessageInit<Value>, b: Uint8Array, p: number, style: JsonStyle): number {
  const { kind } = m;
  switch (kind?.case) {
    case "nullValue":
      return writeAscii("null", b, p);
    case "numberValue":
      if (!Number.isFinite(kind.value)) throw new JsonError(`${kind.value} in a google.protobuf.Value`);
      return writeJsonDouble(kind.value, b, p);
    case "stringValue":
      return writeJsonString(kind.value, b, p, style);
    case "boolValue":
      return writeJsonBool(kind.value, b, writeAscii("", b, p));
    case "structValue":
      return writeStructJson(kind.value, b, p, style);
    case "listValue":
      return writeListValueJson(kind.value, b, p, style);
    default:
      throw new JsonError("a google.protobuf.Value without a kind");
  }
}

export function readStructJson(b: Uint8Array, options: JsonReadOptions | undefined, depth: number): Struct {
  const fields: { [key: string]: Value } = {};
  for (let more = openObject(b, depth); more; more = nextMember(b))
    addEntry(fields, readStringKey(b), readValueJson(b, options, depth + 1));
  return { fields };
}

export function readListValueJson(
  b: Uint8Array,
  options: JsonReadOptions | undefined,
  depth: number,
): ListValue {
  const values: Value[] = [];
  for (let more = openArray(b, depth); more; more = nextItem(b))
    values.push(readValueJson(b, options, depth + 1));
  return { values };
}

export function readValueJson(b: Uint8Array, options: JsonReadOptions | undefined, depth: number): Value {
  switch (b[cursor.p]) {
    case 34:
      return { kind: { case: "stringValue", value: readJsonString(b) } };
    case 91:
      return { kind: { case: "listValue", value: readListValueJson(b, options, depth) } };
    case 123:
      return { kind: { case: "structValue", value: readStructJson(b, options, depth) } };
    case 102:
    case 116:
      return { kind: { case: "boolValue", value: readJsonBool(b) } };
    default:
      if (skipText(b, "null")) return { kind: { case: "nullValue", value: 0 } };
      return { kind: { case: "numberValue", value: readJsonDouble(b) } };
  }
}
