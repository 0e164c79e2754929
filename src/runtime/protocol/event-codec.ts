import type { BrokerMessage } from "../broker/index.ts";
import type { Codec } from "../codec/codec.ts";
import { MicroError } from "../errors/index.ts";
import type { MessageType } from "../protobuf/index.ts";
import { jsonCodec, protoCodec } from "./codecs.ts";

/** The codec of an event's or a request's content type; parameters are ignored. Throws MicroError 415 for others. */
export function codecOfContentType(contentType: string, errorId: string): Codec {
  switch ((contentType.split(";")[0] as string).trim().toLowerCase()) {
    case "application/protobuf":
    case "application/proto":
    case "application/x-protobuf":
    case "application/octet-stream":
    // go-micro's gRPC clients publish bare protobuf under gRPC's name, without the 5-byte prefix.
    case "application/grpc":
    case "application/grpc+proto":
      return protoCodec;
    case "application/json":
    case "application/grpc+json":
      return jsonCodec;
    default:
      throw new MicroError({
        id: errorId,
        code: 415,
        status: "Unsupported Media Type",
        detail: `content type ${contentType.slice(0, 80) || "none"} is not one of application/json, application/protobuf`,
      });
  }
}

/** Reads the body of an event as its `Content-Type` says; protobuf when it says nothing (go-micro's default). */
export function decodeEvent<T>(type: MessageType<T>, message: BrokerMessage): T {
  const contentType =
    message.header["Content-Type"] ?? message.header["content-type"] ?? "application/protobuf";
  return codecOfContentType(contentType, "go.micro.server").unmarshal(type, message.body);
}
