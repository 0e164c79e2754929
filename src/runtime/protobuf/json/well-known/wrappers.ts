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
import type { MessageInit } from "../../message-type.ts";
import { readJsonBytes } from "../read-bytes.ts";
import { readJsonDouble, readJsonFloat } from "../read-double.ts";
import { readJsonInt32, readJsonUint32 } from "../read-int32.ts";
import { readJsonInt64, readJsonUint64 } from "../read-long.ts";
import { readJsonString } from "../read-string.ts";
import { readJsonBool } from "../read-values.ts";
import type { JsonStyle } from "../style.ts";
import { writeAscii } from "../write.ts";
import { writeJsonBytes } from "../write-bytes.ts";
import { writeJsonDouble, writeJsonFloat } from "../write-double.ts";
import { writeJsonInt64, writeJsonUint64 } from "../write-long.ts";
import { writeJsonInt32, writeJsonUint32 } from "../write-number.ts";
import { writeJsonString } from "../write-string.ts";
import { writeJsonBool } from "../write-values.ts";

// A wrapper is its bare value in JSON. Numbers and bools want their room checked first: writeAscii("") does it.

export function writeDoubleValueJson(
  m: MessageInit<DoubleValue>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  return writeJsonDouble(m.value ?? 0, b, p);
}

export function readDoubleValueJson(b: Uint8Array, _options?: unknown, _depth?: unknown): DoubleValue {
  return { value: readJsonDouble(b) };
}

export function writeFloatValueJson(
  m: MessageInit<FloatValue>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  return writeJsonFloat(m.value ?? 0, b, p);
}

export function readFloatValueJson(b: Uint8Array, _options?: unknown, _depth?: unknown): FloatValue {
  return { value: readJsonFloat(b) };
}

export function writeInt64ValueJson(
  m: MessageInit<Int64Value>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  return writeAscii("", b, writeJsonInt64(m.value ?? 0n, b, writeAscii("", b, p)));
}

export function readInt64ValueJson(b: Uint8Array, _options?: unknown, _depth?: unknown): Int64Value {
  return { value: readJsonInt64(b) };
}

export function writeUInt64ValueJson(
  m: MessageInit<UInt64Value>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  return writeAscii("", b, writeJsonUint64(m.value ?? 0n, b, writeAscii("", b, p)));
}

export function readUInt64ValueJson(b: Uint8Array, _options?: unknown, _depth?: unknown): UInt64Value {
  return { value: readJsonUint64(b) };
}

export function writeInt32ValueJson(
  m: MessageInit<Int32Value>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  return writeAscii("", b, writeJsonInt32(m.value ?? 0, b, writeAscii("", b, p)));
}

export function readInt32ValueJson(b: Uint8Array, _options?: unknown, _depth?: unknown): Int32Value {
  return { value: readJsonInt32(b) };
}

export function writeUInt32ValueJson(
  m: MessageInit<UInt32Value>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  return writeAscii("", b, writeJsonUint32(m.value ?? 0, b, writeAscii("", b, p)));
}

export function readUInt32ValueJson(b: Uint8Array, _options?: unknown, _depth?: unknown): UInt32Value {
  return { value: readJsonUint32(b) };
}

export function writeBoolValueJson(
  m: MessageInit<BoolValue>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  return writeAscii("", b, writeJsonBool(m.value ?? false, b, writeAscii("", b, p)));
}

export function readBoolValueJson(b: Uint8Array, _options?: unknown, _depth?: unknown): BoolValue {
  return { value: readJsonBool(b) };
}

export function writeStringValueJson(
  m: MessageInit<StringValue>,
  b: Uint8Array,
  p: number,
  style: JsonStyle,
): number {
  return writeJsonString(m.value ?? "", b, p, style);
}

export function readStringValueJson(b: Uint8Array, _options?: unknown, _depth?: unknown): StringValue {
  return { value: readJsonString(b) };
}

export function writeBytesValueJson(
  m: MessageInit<BytesValue>,
  b: Uint8Array,
  p: number,
  _style?: unknown,
): number {
  return writeJsonBytes(m.value ?? NO_BYTES, b, p);
}

export function readBytesValueJson(b: Uint8Array, _options?: unknown, _depth?: unknown): BytesValue {
  return { value: readJsonBytes(b) };
}
