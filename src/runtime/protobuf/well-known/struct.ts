import { Struct, Value } from "../google/protobuf/struct.ts";
import type { JsonValue, MessageInit } from "../message-type.ts";

/** A JSON object as a Struct. */
export function structFromObject(object: { readonly [key: string]: JsonValue }): Struct {
  return Struct.fromJson(object);
}

/** The JSON object that a Struct stands for. */
export function structToObject(struct: MessageInit<Struct>): { [key: string]: JsonValue } {
  return Struct.toJson(struct) as { [key: string]: JsonValue };
}

/** Any JSON value as a Value. */
export function valueFromJson(json: JsonValue): Value {
  return Value.fromJson(json);
}

/** The JSON value that a Value stands for. Throws JsonError for one without a kind, NaN and infinities. */
export function valueToJson(value: MessageInit<Value>): JsonValue {
  return Value.toJson(value);
}
