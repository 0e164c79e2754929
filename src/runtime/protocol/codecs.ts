import type { Codec } from "../codec/codec.ts";
import { badRequest } from "../errors/index.ts";
import type { MessageInit, MessageType } from "../protobuf/index.ts";

const ID = "go.micro.codec";

export const protoCodec: Codec = {
  name: "proto",
  marshal: <T>(type: MessageType<T>, message: MessageInit<T>) => type.encode(message),
  unmarshal<T>(type: MessageType<T>, bytes: Uint8Array): T {
    try {
      return type.decode(bytes);
    } catch (cause) {
      throw badRequest(ID, `not a ${type.typeName} message: ${(cause as Error).message}`);
    }
  },
};

export const jsonCodec: Codec = {
  name: "json",
  marshal: <T>(type: MessageType<T>, message: MessageInit<T>) => Buffer.from(type.toJsonString(message)),
  unmarshal<T>(type: MessageType<T>, bytes: Uint8Array): T {
    try {
      return type.fromJsonString(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
    } catch (cause) {
      throw badRequest(ID, `not a ${type.typeName} message: ${(cause as Error).message}`);
    }
  },
};
