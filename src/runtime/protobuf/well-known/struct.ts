import { encodeToArray } from "../binary/arena.ts";
import type { Struct, Value } from "../google/protobuf/struct.ts";
import { readStructJson, readValueJson, writeStructJson, writeValueJson } from "../json/well-known/struct.ts";
import type { JsonValue, MessageInit } from "../message-type.ts";

/** A JSON object as a Struct. */
export function structFromObject(object: { readonly [key: string]: JsonValue }): Struct {
  return readStructJson(object, undefined, 0);
}

/** The JSON object that a Struct stands for. */
export function structToObject(struct: MessageInit<Struct>): { [key: string]: JsonValue } {
  return JSON.parse(text(encodeToArray(writeStructJson, struct))) as { [key: string]: JsonValue };
}

/** Any JSON value as a Value. */
export function valueFromJson(json: JsonValue): Value {
  return readValueJson(json, undefined, 0);
}

/** The JSON value that a Value stands for. Throws JsonError for one without a kind, NaN and infinities. */
export function valueToJson(value: MessageInit<Value>): JsonValue {
  return JSON.parse(text(encodeToArray(writeValueJson, value))) as JsonValue;
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
}
