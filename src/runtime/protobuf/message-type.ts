import type { AnyExtension } from "./extension-type.ts";

/** A JSON value as `JSON.parse` gives it. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** Any message type, where it does not matter which. */
// biome-ignore lint/suspicious/noExplicitAny: MessageType is invariant, so only `any` holds every type.
export type AnyMessageType = MessageType<any>;

/**
 * Message types by full proto name: what a `google.protobuf.Any` may hold where it meets JSON. And extensions, which
 * JSON knows only from here: others are no fields when JSON is read, and left out when it is written.
 */
export interface TypeRegistry {
  get(typeName: string): AnyMessageType | undefined;
  /** The extension of message `extendee` with that full name or number. */
  extension?(extendee: string, key: string | number): AnyExtension | undefined;
}

/** Options of proto3 JSON (the ProtoJSON document of protobuf). */
export interface JsonReadOptions {
  /** Types for Any, without which an Any is refused, and extensions. See `typeRegistry`; for Any a `Map` will do. */
  readonly types?: TypeRegistry | undefined;
  /** Skip unknown keys instead of failing. Default false. */
  readonly ignoreUnknownFields?: boolean;
  /**
   * Take Timestamp and Duration also as objects of their fields, `{"seconds":5,"nanos":0}`, which is how Go's
   * `encoding/json` writes the structs that stand for messages. Default false.
   */
  readonly timesAsObjects?: boolean;
}

export interface JsonWriteOptions {
  /** Types for Any, without which an Any is refused, and extensions, which are left out otherwise. */
  readonly types?: TypeRegistry | undefined;
  /** Write fields that hold their default. Default false. */
  readonly emitDefaults?: boolean;
  /** Write the names of the .proto instead of lowerCamelCase. Default false. */
  readonly useProtoNames?: boolean;
}

/**
 * A message with every field optional, at every depth: what callers and handlers may hand over. Absent means default.
 */
export type MessageInit<T> = T extends Uint8Array | string | number | bigint | boolean | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly MessageInit<Item>[]
    : T extends { readonly case: string; readonly value: infer Value }
      ? { readonly case: T["case"]; readonly value: MessageInit<Value> }
      : T extends object
        ? { readonly [Key in keyof T]?: MessageInit<T[Key]> | undefined }
        : T;

/**
 * One message type: its name and how its messages become bytes and JSON. Generated code exports one such constant per
 * message, under the message's own name. Plain objects go in and out; there are no classes.
 */
export interface MessageType<T> {
  /** Full proto name, `greeter.HelloRequest`. */
  readonly typeName: string;
  /** A message with all fields in a fixed order, given ones copied (deep), others at their default. */
  create(init?: MessageInit<T>): T;
  /** Binary form in its own array. Throws RangeError or TypeError for a value its field cannot hold. */
  encode(message: MessageInit<T>): Uint8Array;
  /** Reads `bytes` from `start` to `end` (default: all). Throws DecodeError for malformed input. */
  decode(bytes: Uint8Array, start?: number, end?: number): T;
  /** ProtoJSON value. */
  toJson(message: MessageInit<T>, options?: JsonWriteOptions): JsonValue;
  /** Reads a ProtoJSON value. Throws JsonError naming the field path. */
  fromJson(json: JsonValue, options?: JsonReadOptions): T;
  /** ProtoJSON text. Throws JsonError for text that is no JSON. */
  toJsonString(message: MessageInit<T>, options?: JsonWriteOptions): string;
  fromJsonString(text: string, options?: JsonReadOptions): T;
}
