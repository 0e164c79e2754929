import { encodeToArray } from "./binary/arena.ts";
import { readString } from "./binary/read-text.ts";
import { encodeToTarget } from "./binary/target.ts";
import { writeUtf8 } from "./binary/utf8.ts";
import { readJsonAt, readJsonText } from "./json/read-json.ts";
import { type JsonStyle, toJsonStyle, UTF8 } from "./json/style.ts";
import { writeJson } from "./json/write-json.ts";
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
  /** Reads the JSON at the cursor. */
  readJson(b: Uint8Array, options: JsonReadOptions | undefined, depth: number): T;
}

interface DefinedMessage<T> extends MessageType<T> {
  /** Named so that nobody comes by it; no symbol, so that two copies of the runtime agree. */
  readonly "~parts": MessageParts<T>;
}

/** Makes a MessageType of generated functions. */
export function defineMessage<T>(typeName: string, parts: MessageParts<T>): MessageType<T> {
  const type: DefinedMessage<T> = {
    typeName,
    "~parts": parts,
    create: parts.create,
    encode: (message) => encodeToArray(parts.encode, message),
    decode(bytes, start = 0, end = bytes.length) {
      if (!(start >= 0 && start <= end && end <= bytes.length))
        throw new RangeError(`no bytes ${start} to ${end} of ${bytes.length}`);
      return parts.decode(bytes, start, end, undefined, 0);
    },
    toJson: (message, options) => JSON.parse(writeJson(parts.writeJson, message, options)) as JsonValue,
    // A value is read as the text that stands for it: one way in is enough to be right about.
    fromJson: (json, options) => readJsonText(parts.readJson, JSON.stringify(json) ?? "", options),
    toJsonString: (message, options) => writeJson(parts.writeJson, message, options),
    fromJsonString: (text, options) => readJsonText(parts.readJson, text, options),
  };
  return type;
}

/** The generated functions of a type; undefined for one that somebody made by hand. */
export function partsOf<T>(type: MessageType<T>): MessageParts<T> | undefined {
  return (type as Partial<DefinedMessage<T>>)["~parts"];
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
  if (parts === undefined) return encodeToArray(writeUtf8, type.toJsonString(message, options));
  return encodeToArray(parts.writeJson, message, toJsonStyle(options, UTF8));
}

/** `type.fromJsonString` of UTF-8 bytes, read in place. Throws DecodeError for text that is no UTF-8. */
export function decodeJson<T>(type: MessageType<T>, bytes: Uint8Array, options?: JsonReadOptions): T {
  const parts = partsOf(type);
  if (parts !== undefined) return readJsonAt(parts.readJson, options, bytes, 0, bytes.length);
  return type.fromJsonString(readString(bytes, 0, bytes.length), options);
}
