import { NO_BYTES } from "../../binary/support.ts";
import type {
  BoolValue,
  BytesValue,
  DoubleValue,
  FloatValue,
  Int32Value,
  Int64Value,
  StringValue,
  UInt32Value,
  UInt64Value,
} from "../../google/protobuf/wrappers.ts";
import type { JsonValue, MessageInit } from "../../message-type.ts";
import {
  readJsonBool,
  readJsonBytes,
  readJsonDouble,
  readJsonFloat,
  readJsonInt32,
  readJsonInt64,
  readJsonString,
  readJsonUint32,
  readJsonUint64,
} from "../read.ts";
import {
  writeAscii,
  writeJsonBool,
  writeJsonBytes,
  writeJsonDouble,
  writeJsonFloat,
  writeJsonInt32,
  writeJsonInt64,
  writeJsonString,
  writeJsonUint32,
  writeJsonUint64,
} from "../write.ts";

// A wrapper is its bare value in JSON. Numbers and bools want their room checked first: writeAscii("") does it.

export function writeDoubleValueJson(
  m: MessageInit<DoubleValue>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  return writeJsonDouble(m.value ?? 0, b, p);
}

export function readDoubleValueJson(json: JsonValue, _options?: unknown, _depth?: unknown): DoubleValue {
  return { value: readJsonDouble(json) };
}

export function writeFloatValueJson(
  m: MessageInit<FloatValue>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  return writeJsonFloat(m.value ?? 0, b, p);
}

export function readFloatValueJson(json: JsonValue, _options?: unknown, _depth?: unknown): FloatValue {
  return { value: readJsonFloat(json) };
}

export function writeInt64ValueJson(
  m: MessageInit<Int64Value>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  return writeAscii("", b, writeJsonInt64(m.value ?? 0n, b, writeAscii("", b, p)));
}

export function readInt64ValueJson(json: JsonValue, _options?: unknown, _depth?: unknown): Int64Value {
  return { value: readJsonInt64(json) };
}

export function writeUInt64ValueJson(
  m: MessageInit<UInt64Value>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  return writeAscii("", b, writeJsonUint64(m.value ?? 0n, b, writeAscii("", b, p)));
}

export function readUInt64ValueJson(json: JsonValue, _options?: unknown, _depth?: unknown): UInt64Value {
  return { value: readJsonUint64(json) };
}

export function writeInt32ValueJson(
  m: MessageInit<Int32Value>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  return writeAscii("", b, writeJsonInt32(m.value ?? 0, b, writeAscii("", b, p)));
}

export function readInt32ValueJson(json: JsonValue, _options?: unknown, _depth?: unknown): Int32Value {
  return { value: readJsonInt32(json) };
}

export function writeUInt32ValueJson(
  m: MessageInit<UInt32Value>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  return writeAscii("", b, writeJsonUint32(m.value ?? 0, b, writeAscii("", b, p)));
}

export function readUInt32ValueJson(json: JsonValue, _options?: unknown, _depth?: unknown): UInt32Value {
  return { value: readJsonUint32(json) };
}

export function writeBoolValueJson(
  m: MessageInit<BoolValue>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  return writeAscii("", b, writeJsonBool(m.value ?? false, b, writeAscii("", b, p)));
}

export function readBoolValueJson(json: JsonValue, _options?: unknown, _depth?: unknown): BoolValue {
  return { value: readJsonBool(json) };
}

export function writeStringValueJson(
  m: MessageInit<StringValue>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  return writeJsonString(m.value ?? "", b, p);
}

export function readStringValueJson(json: JsonValue, _options?: unknown, _depth?: unknown): StringValue {
  return { value: readJsonString(json) };
}

export function writeBytesValueJson(
  m: MessageInit<BytesValue>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  return writeJsonBytes(m.value ?? NO_BYTES, b, p);
}

export function readBytesValueJson(json: JsonValue, _options?: unknown, _depth?: unknown): BytesValue {
  return { value: readJsonBytes(json) };
}
