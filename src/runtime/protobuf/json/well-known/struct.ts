import { MAX_DEPTH } from "../../binary/state.ts";
import { setEntry } from "../../binary/support.ts";
import { JsonError } from "../../errors.ts";
import type { ListValue, Struct, Value } from "../../google/protobuf/struct.ts";
import type { JsonReadOptions, JsonValue, MessageInit } from "../../message-type.ts";
import { readJsonArray, readJsonObject, readJsonString, readStringKey } from "../read.ts";
import {
  endArray,
  endObject,
  writeAscii,
  writeJsonBool,
  writeJsonDouble,
  writeJsonString,
} from "../write.ts";

/** A Struct is a JSON object. */
export function writeStructJson(m: MessageInit<Struct>, b: Uint8Array, p: number, _style?: unknown): number {
  const start = p;
  for (const key in m.fields) {
    const value = m.fields[key];
    if (value === undefined) continue;
    p = writeJsonString(key, b, writeAscii(",", b, p));
    p = writeValueJson(value, b, writeAscii(":", b, p));
  }
  return endObject(b, start, p);
}

/** A ListValue is a JSON array. */
export function writeListValueJson(
  m: MessageInit<ListValue>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  const start = p;
  for (const value of m.values ?? []) p = writeValueJson(value, b, writeAscii(",", b, p));
  return endArray(b, start, p);
}

/** A Value is any JSON value; one without a kind has no JSON form, nor have NaN and the infinities. */
export function writeValueJson(m: MessageInit<Value>, b: Uint8Array, p: number, _style?: unknown): number {
  const { kind } = m;
  switch (kind?.case) {
    case "nullValue":
      return writeAscii("null", b, p);
    case "numberValue":
      if (!Number.isFinite(kind.value)) throw new JsonError(`${kind.value} in a google.protobuf.Value`);
      return writeJsonDouble(kind.value, b, p);
    case "stringValue":
      return writeJsonString(kind.value, b, p);
    case "boolValue":
      return writeJsonBool(kind.value, b, writeAscii("", b, p));
    case "structValue":
      return writeStructJson(kind.value, b, p);
    case "listValue":
      return writeListValueJson(kind.value, b, p);
    default:
      throw new JsonError("a google.protobuf.Value without a kind");
  }
}

export function readStructJson(json: JsonValue, options: JsonReadOptions | undefined, depth: number): Struct {
  const object = readJsonObject(json, depth);
  const fields: { [key: string]: Value } = {};
  for (const key of Object.keys(object))
    setEntry(fields, readStringKey(key), readValueJson(object[key] ?? null, options, depth + 1));
  return { fields };
}

export function readListValueJson(
  json: JsonValue,
  options: JsonReadOptions | undefined,
  depth: number,
): ListValue {
  if (depth > MAX_DEPTH) throw new JsonError(`nested deeper than ${MAX_DEPTH} levels`);
  return { values: readJsonArray(json).map((item) => readValueJson(item, options, depth + 1)) };
}

export function readValueJson(json: JsonValue, options: JsonReadOptions | undefined, depth: number): Value {
  switch (typeof json) {
    case "number":
      return { kind: { case: "numberValue", value: json } };
    case "string":
      return { kind: { case: "stringValue", value: readJsonString(json) } };
    case "boolean":
      return { kind: { case: "boolValue", value: json } };
    default:
      if (json === null) return { kind: { case: "nullValue", value: 0 } };
      return Array.isArray(json)
        ? { kind: { case: "listValue", value: readListValueJson(json, options, depth) } }
        : { kind: { case: "structValue", value: readStructJson(json, options, depth) } };
  }
}
