import { MAX_DEPTH } from "../../binary/state.ts";
import { NO_BYTES } from "../../binary/support.ts";
import { partsOf } from "../../define-message.ts";
import { JsonError } from "../../errors.ts";
import type { Any } from "../../google/protobuf/any.ts";
import type {
  AnyMessageType,
  JsonReadOptions,
  JsonValue,
  MessageInit,
  TypeRegistry,
} from "../../message-type.ts";
import { tally } from "../duplicate-keys.ts";
import { readJsonObject, readJsonString, within } from "../read.ts";
import type { JsonStyle } from "../style.ts";
import { endObject, writeAscii, writeJsonText } from "../write.ts";

/** Types whose JSON is no object of their fields: inside an Any it stands under the key `value`. */
const SPECIAL: ReadonlySet<string> = /* @__PURE__ */ new Set(
  (
    "Any Duration FieldMask ListValue Struct Timestamp Value BoolValue BytesValue DoubleValue FloatValue Int32Value " +
    "Int64Value StringValue UInt32Value UInt64Value Empty"
  )
    .split(" ")
    .map((name) => `google.protobuf.${name}`),
);

/** `{"@type": url, ...fields}`. The type must be in the registry of the options. */
export function writeAnyJson(m: MessageInit<Any>, b: Uint8Array, p: number, style: JsonStyle): number {
  const url = m.typeUrl ?? "";
  if (url === "" && (m.value?.length ?? 0) === 0) return endObject(b, p, p);
  if (style.anys > MAX_DEPTH) throw new JsonError(`nested deeper than ${MAX_DEPTH} levels`);
  const type = typeOf(url, style.types);
  const message = type.decode(m.value ?? NO_BYTES);
  const inner: JsonStyle = { ...style, anys: style.anys + 1 };
  p = writeJsonText(`{"@type":${JSON.stringify(url)}`, b, p);
  if (SPECIAL.has(type.typeName)) {
    p = writeMessage(type, message, b, writeAscii(',"value":', b, p), inner);
    return writeAscii("}", b, p);
  }
  // The brace that opens the message becomes the comma behind the type; an empty message leaves no trace.
  const start = p;
  p = writeMessage(type, message, b, p, inner);
  if (p === start + 2) return writeAscii("}", b, start);
  b[start] = 44;
  return p;
}

function writeMessage(
  type: AnyMessageType,
  message: unknown,
  b: Uint8Array,
  p: number,
  style: JsonStyle,
): number {
  const parts = partsOf(type);
  if (parts !== undefined) return parts.writeJson(message, b, p, style);
  const { all: emitDefaults, names: useProtoNames, types } = style;
  return writeJsonText(type.toJsonString(message, { emitDefaults, useProtoNames, types }), b, p);
}

export function readAnyJson(json: JsonValue, options: JsonReadOptions | undefined, depth: number): Any {
  const { "@type": url, ...rest } = readJsonObject(json, depth);
  if (url === undefined) {
    if (Object.keys(rest).length > 0) throw new JsonError("an Any without @type");
    return { typeUrl: "", value: new Uint8Array(0) };
  }
  tally.members++;
  const typeUrl = readJsonString(url);
  const type = typeOf(typeUrl, options?.types);
  const value = SPECIAL.has(type.typeName) ? specialValue(rest, options) : (rest as JsonValue);
  const message = partsOf(type)?.readJson(value, options, depth + 1) ?? type.fromJson(value, options);
  return { typeUrl, value: type.encode(message) };
}

function specialValue(
  members: { readonly [key: string]: JsonValue | undefined },
  options: JsonReadOptions | undefined,
): JsonValue {
  const { value, ...others } = members;
  tally.members++;
  if (value === undefined) throw new JsonError("an Any of this type holds its JSON under the key value");
  const [other] = Object.keys(others);
  if (other !== undefined && options?.ignoreUnknownFields !== true)
    throw within(new JsonError("no such field"), other, -1);
  return value;
}

function typeOf(url: string, types: TypeRegistry | undefined): AnyMessageType {
  const name = url.slice(url.lastIndexOf("/") + 1);
  if (name === "" || name === url) throw new JsonError(`${JSON.stringify(url)} is no type URL`);
  const type = types?.get(name);
  if (type === undefined) throw new JsonError(`type ${name} is not in the type registry`);
  return type;
}
