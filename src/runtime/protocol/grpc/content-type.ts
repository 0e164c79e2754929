import { type Codec, codecOf } from "../../codec/index.ts";

/**
 * The codec of a gRPC content type: `application/grpc`, `application/grpc+proto`, `application/grpc+json`, parameters
 * ignored. Undefined for anything else.
 */
export function codecOfGrpcContentType(contentType: string): Codec | undefined {
  return /^application\/grpc(?:[+;]|\s*$)/i.test(contentType) ? codecOf(contentType) : undefined;
}
