import { isUtf8 } from "node:buffer";
import { encodeToArray, encodeToTarget, withScratch } from "./binary/arena.ts";
import { raw } from "./binary/node-buffer.ts";
import { cursor } from "./binary/state.ts";
import { DecodeError, JsonError } from "./errors.ts";
import { countMembers, refuseDuplicateKeys, tally } from "./json/duplicate-keys.ts";
import { type JsonStyle, toJsonStyle } from "./json/style.ts";
import type {
  JsonReadOptions,
  JsonValue,
  JsonWriteOptions,
  MessageInit,
  MessageType,
} from "./message-type.ts";

/** The five functions that generated code has for a message; everything else is made of them. */
export interface MessageParts<T> {
  create(init?: MessageInit<T>): T;
  /** Writes the message at `p`, returns the position behind it. */
  encode(message: MessageInit<T>, b: Uint8Array, p: number): number;
  /** Reads `p..e`, merging into `prev`, which it may consume. */
  decode(b: Uint8Array, p: number, e: number, prev: T | undefined, depth: number): T;
  writeJson(message: MessageInit<T>, b: Uint8Array, p: number, style: JsonStyle): number;
  readJson(json: JsonValue, options: JsonReadOptions | undefined, depth: number): T;
}

const PARTS: unique symbol = /* @__PURE__ */ Symbol.for("@micro-service/runtime/MessageParts");

interface DefinedMessage<T> extends MessageType<T> {
  readonly [PARTS]: MessageParts<T>;
}

/** Makes a MessageType of generated functions. */
export function defineMessage<T>(typeName: string, parts: MessageParts<T>): MessageType<T> {
  const type: DefinedMessage<T> = {
    typeName,
    [PARTS]: parts,
    create: parts.create,
    encode: (message) => encodeToArray(parts.encode, message),
    decode(bytes, start = 0, end = bytes.length) {
      if (!(start >= 0 && start <= end && end <= bytes.length))
        throw new RangeError(`no range of the bytes: ${start} to ${end} of ${bytes.length}`);
      return parts.decode(bytes, start, end, undefined, 0);
    },
    toJson: (message, options) => JSON.parse(writeText(parts, message, options)) as JsonValue,
    fromJson: (json, options) => parts.readJson(json, options, 0),
    toJsonString: (message, options) => writeText(parts, message, options),
    fromJsonString: (text, options) => readText(parts, text, options),
  };
  return type;
}

/**
 * Counting the members that a text spells out is cheaper than looking at each object for strange ones: when readers found
 * as many, there are neither unknown members nor equal keys. Else a second, strict look decides, and tells the place.
 */
function readText<T>(parts: MessageParts<T>, text: string, options: JsonReadOptions | undefined): T {
  const json = parseJson(text);
  const { strict } = tally;
  if (tally.members > 1e9) tally.members = 0;
  const before = tally.members;
  tally.strict = false;
  let message: T;
  try {
    message = parts.readJson(json, options, 0);
    if (tally.members - before === countMembers(text)) return message;
    tally.strict = true;
    message = parts.readJson(json, options, 0);
  } finally {
    tally.strict = strict;
  }
  refuseDuplicateKeys(text);
  return message;
}

function parseJson(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch (error) {
    throw new JsonError(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function writeText<T>(
  parts: MessageParts<T>,
  message: MessageInit<T>,
  options: JsonWriteOptions | undefined,
): string {
  const style = toJsonStyle(options);
  const wide = cursor.wide;
  return withScratch(parts.writeJson, message, style, (b, start, end) =>
    cursor.wide === wide ? raw.latin1Slice.call(b, start, end) : raw.utf8Slice.call(b, start, end),
  );
}

/** The generated functions of a type; undefined for one that somebody made by hand. */
export function partsOf<T>(type: MessageType<T>): MessageParts<T> | undefined {
  return (type as Partial<DefinedMessage<T>>)[PARTS];
}

/**
 * Encodes into memory of the caller, from `offset` on. Returns the position behind the message, or -1 when it does not
 * fit; the bytes from `offset` on may then be overwritten.
 */
export function encodeInto<T>(
  type: MessageType<T>,
  message: MessageInit<T>,
  target: Uint8Array,
  offset: number,
): number {
  const parts = partsOf(type);
  if (parts !== undefined) return encodeToTarget(parts.encode, message, target, offset);
  const bytes = type.encode(message);
  if (offset + bytes.length > target.length) return -1;
  target.set(bytes, offset);
  return offset + bytes.length;
}

/** The UTF-8 bytes of `type.toJsonString(message)`, without the detour over a string. */
export function encodeJson<T>(
  type: MessageType<T>,
  message: MessageInit<T>,
  options?: JsonWriteOptions,
): Uint8Array {
  const parts = partsOf(type);
  if (parts === undefined) return Buffer.from(type.toJsonString(message, options));
  return encodeToArray(parts.writeJson, message, toJsonStyle(options));
}

/** `type.fromJsonString` of UTF-8 bytes. Throws DecodeError for invalid UTF-8. */
export function decodeJson<T>(type: MessageType<T>, bytes: Uint8Array, options?: JsonReadOptions): T {
  const text = raw.utf8Slice.call(bytes, 0, bytes.length);
  if (text.includes("\ufffd") && !isUtf8(bytes)) throw new DecodeError("JSON text is not valid UTF-8");
  return type.fromJsonString(text, options);
}
