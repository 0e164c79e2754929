import type { BrokerMessage } from "../broker/index.ts";
import { type Codec, codecOf } from "../codec/index.ts";
import { MicroError } from "../errors/index.ts";
import type { MessageType } from "../protobuf/index.ts";

/** The codec of an event's or a request's content type; parameters are ignored. Throws MicroError 415 for others. */
export function codecOfContentType(contentType: string, errorId: string): Codec {
  const codec = codecOf(contentType);
  if (codec !== undefined) return codec;
  const shown = contentType.slice(0, 80) || "none";
  throw new MicroError({
    id: errorId,
    code: 415,
    status: "Unsupported Media Type",
    detail: `content type ${shown} is not one of application/json, application/protobuf`,
  });
}

/**
 * Reads the body of an event as its `Content-Type` says; protobuf when it says nothing (go-micro's default). Under
 * gRPC's names go-micro publishes bare messages, without the 5-byte prefix.
 */
export function decodeEvent<T>(type: MessageType<T>, message: BrokerMessage): T {
  const contentType =
    message.header["Content-Type"] ?? message.header["content-type"] ?? "application/protobuf";
  return codecOfContentType(contentType, "go.micro.server").unmarshal(type, message.body);
}
