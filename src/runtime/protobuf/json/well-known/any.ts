import { cursor, MAX_DEPTH } from "../../binary/state.ts";
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
import { aside } from "../extensions.ts";
import { fail } from "../fail.ts";
import { nextMember, openObject, readAny, readStringKey, skipValue } from "../input.ts";
import { readJsonString } from "../read-string.ts";
import type { JsonStyle } from "../style.ts";
import { endObject, writeAscii } from "../write.ts";
import { writeJsonText } from "../write-string.ts";

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
  p = writeJsonText(`{"@type":${JSON.stringify(url)}`, b, p, style);
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
  return writeJsonText(type.toJsonString(message, style), b, p, style);
}

export function readAnyJson(b: Uint8Array, options: JsonReadOptions | undefined, depth: number): Any {
  const start = cursor.p;
  const found = findMembers(b, depth);
  const end = cursor.p;
  if (found.type < 0) {
    if (found.members > 0) fail("an Any without @type");
    return { typeUrl: "", value: new Uint8Array(0) };
  }
  cursor.p = found.type;
  const typeUrl = readJsonString(b);
  const type = aside(() => typeOf(typeUrl, options?.types));
  const outer = cursor.any;
  cursor.any = found.type;
  cursor.p = start;
  if (SPECIAL.has(type.typeName)) {
    if (found.value < 0) fail("an Any of this type holds its JSON under the key value");
    if (found.members > 2 && options?.ignoreUnknownFields !== true) fail("more than @type and value");
    cursor.p = found.value;
  }
  const message = partsOf(type)?.readJson(b, options, depth + 1) ?? readForeign(type, b, options);
  const value = aside(() => type.encode(message));
  cursor.any = outer;
  cursor.p = end;
  return { typeUrl, value };
}

/** Where the values of `@type` and `value` begin, -1 for nowhere, and how many members there are. */
function findMembers(b: Uint8Array, depth: number): { type: number; value: number; members: number } {
  const found = { type: -1, value: -1, members: 0 };
  for (let more = openObject(b, depth); more; more = nextMember(b)) {
    const key = readStringKey(b);
    if (key === "@type") found.type = found.type < 0 ? cursor.p : fail("given twice");
    if (key === "value") found.value = cursor.p;
    found.members++;
    skipValue(b);
  }
  return found;
}

/** A type that somebody made by hand reads values. */
function readForeign(type: AnyMessageType, b: Uint8Array, options: JsonReadOptions | undefined): unknown {
  const json = readAny(b) as { [key: string]: JsonValue };
  if (!SPECIAL.has(type.typeName)) delete json["@type"];
  return aside(() => type.fromJson(json, options));
}

function typeOf(url: string, types: TypeRegistry | undefined): AnyMessageType {
  const name = url.slice(url.lastIndexOf("/") + 1);
  if (name === "" || name === url) throw new JsonError(`${JSON.stringify(url)} is no type URL`);
  const type = types?.get(name);
  if (type === undefined) throw new JsonError(`type ${name} is not in the type registry`);
  return type;
}
