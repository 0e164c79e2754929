import type { Codec } from "../codec/index.ts";
import { MicroError, messageOf } from "../errors/index.ts";
import type { MessageInit, MessageType } from "../protobuf/index.ts";
import { CLIENT_ID } from "./cancel-reason.ts";

/** Bytes of a request. Throws MicroError 400 for one that its own message type cannot write. */
export function marshalRequest<T>(codec: Codec, type: MessageType<T>, request: MessageInit<T>): Uint8Array {
  try {
    return codec.marshal(type, request);
  } catch (cause) {
    const reason = messageOf(cause);
    const detail = `the request is no ${type.typeName || "message"}: ${reason}`;
    throw new MicroError({ id: CLIENT_ID, code: 400, detail, cause });
  }
}

/** A response that its message type cannot read: the peer's fault, so not the 400 of the codec. */
export function responseUnreadable(typeName: string, cause: unknown): MicroError {
  const reason = messageOf(cause);
  const detail = `the response is no ${typeName || "message"}: ${reason}`;
  return new MicroError({ id: CLIENT_ID, code: 500, detail, cause });
}
