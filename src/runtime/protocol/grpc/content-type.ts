import type { Codec } from "../../codec/codec.ts";
import { jsonCodec, protoCodec } from "../codecs.ts";

/**
 * The codec of a gRPC content type: `application/grpc`, `application/grpc+proto`, `application/grpc+json`, parameters
 * ignored. Undefined for anything else.
 */
export function codecOfGrpcContentType(contentType: string): Codec | undefined {
  const semicolon = contentType.indexOf(";");
  const type = (semicolon < 0 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
  if (type === "application/grpc" || type === "application/grpc+proto") return protoCodec;
  return type === "application/grpc+json" ? jsonCodec : undefined;
}
