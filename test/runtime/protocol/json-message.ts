import type { JsonValue, MessageType } from "../../../src/runtime/protobuf/index.ts";

/** A message type without a schema: JSON in its bytes. For tests of what carries messages, not of messages. */
export function jsonMessage<T extends object>(typeName: string, defaults: T): MessageType<T> {
  const create = (init?: unknown): T => structuredClone({ ...defaults, ...(init as Partial<T>) });
  return {
    typeName,
    create,
    encode: (message) => Buffer.from(JSON.stringify(message)),
    decode: (bytes, start = 0, end = bytes.length) =>
      create(end === start ? {} : JSON.parse(Buffer.from(bytes.subarray(start, end)).toString())),
    toJson: (message) => message as JsonValue,
    fromJson: (json) => create(json),
    toJsonString: (message) => JSON.stringify(message),
    fromJsonString: (text) => create(JSON.parse(text)),
  };
}
