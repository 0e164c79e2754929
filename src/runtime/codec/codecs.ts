import type { Codec } from "./codec.ts";
import { jsonCodec } from "./json-codec.ts";
import { protobufCodec } from "./protobuf-codec.ts";

/** Content type -> codec, for all content types that go-micro's services and clients speak. */
export const codecs: ReadonlyMap<string, Codec> = /* @__PURE__ */ new Map([
  ["application/protobuf", protobufCodec],
  ["application/proto", protobufCodec],
  ["application/x-protobuf", protobufCodec],
  ["application/octet-stream", protobufCodec],
  ["application/grpc", protobufCodec],
  ["application/grpc+proto", protobufCodec],
  ["application/json", jsonCodec],
  ["application/grpc+json", jsonCodec],
]);

/** The codec of a content type, parameters (`; charset=utf-8`) ignored; undefined for one we do not speak. */
export function codecOf(contentType: string): Codec | undefined {
  return codecs.get((contentType.split(";", 1)[0] as string).trim().toLowerCase());
}
