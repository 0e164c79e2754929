import { type Codec, codecOf, codecs } from "../../codec/index.ts";
import { badRequest, type MicroError, notImplemented } from "../../errors/index.ts";
import type { HeaderBlock } from "../../http2/index.ts";
import { ACCEPTED_ENCODINGS, compressionOf, isKnownEncoding, negotiate } from "../compression.ts";
import { type Dispatcher, servedCodec } from "../dispatcher.ts";
import type { HttpRequest } from "../http-protocol.ts";
import type { StreamedRequest } from "../streamed-form.ts";
import { parseGrpcTimeout, parseMicroTimeout } from "./timeout.ts";

/** Reads the headers of a call. What is wrong with them becomes its `problem`. */
export function grpcRequest(
  { headers, path, contentType }: HttpRequest,
  codec: Codec,
  arrivalTimeoutMs: number,
  dispatcher: Dispatcher,
): StreamedRequest {
  const encoding = headers["grpc-encoding"];
  const compression = encoding === undefined ? undefined : compressionOf(encoding);
  return {
    path,
    contentType,
    codec: servedCodec(codec, dispatcher),
    headers,
    arrivalTimeoutMs,
    timeoutMs: timeoutOf(headers),
    compression,
    // As grpc-go does: who compresses wants answers compressed; who only could, has bandwidth to spare.
    replyCompression:
      compression === undefined ? undefined : negotiate(compression, headers["grpc-accept-encoding"]),
    // go-micro's clients never half-close a stream of answers; they are known by a header that all of them send.
    mayStayOpen: headers["x-content-type"] !== undefined,
    problem: problemOf(headers, dispatcher.serviceName),
  };
}

/** The codec of `application/grpc`, `application/grpc+proto` ..., parameters ignored. Undefined for one we do not know. */
export function codecOfGrpc(contentType: string, base: string): Codec | undefined {
  const usual = codecs.get(contentType);
  if (usual !== undefined) return usual;
  const subtype = /^\+([\w.-]+)\s*(?:;|$)/.exec(contentType.slice(base.length))?.[1] ?? "proto";
  return codecOf(`application/${subtype.toLowerCase()}`);
}

/** The codec of a call; go-micro v1 names that of a stream in its own header alone. */
export function codecOfCall({ contentType, headers }: HttpRequest, base: string): Codec | undefined {
  const micro = headers["x-content-type"];
  const isPlain = contentType.slice(base.length) === "" && typeof micro === "string";
  return (isPlain ? codecOf(micro) : undefined) ?? codecOfGrpc(contentType, base);
}

/**
 * The shorter of gRPC's and go-micro's own time-out, in milliseconds. go-micro's clients send both for unary calls; v1 sends
 * its own alone for streams, always the 5 s of a request, and does not mean it: its streams live on.
 */
function timeoutOf(headers: HeaderBlock): number | undefined {
  const grpc = headers["grpc-timeout"];
  const micro = grpc === undefined && headers["x-content-type"] !== undefined ? undefined : headers.timeout;
  const one = typeof grpc === "string" ? parseGrpcTimeout(grpc) : undefined;
  const other = typeof micro === "string" ? parseMicroTimeout(micro) : undefined;
  return one === undefined ? other : other === undefined ? one : Math.min(one, other);
}

/** 400 for a grpc-timeout that is none, 501 for a compression we do not know. */
function problemOf(headers: HeaderBlock, id: string): MicroError | undefined {
  const timeout = headers["grpc-timeout"];
  if (timeout !== undefined && parseGrpcTimeout(String(timeout)) === undefined) {
    return badRequest(id, "malformed grpc-timeout");
  }
  const encoding = headers["grpc-encoding"];
  if (isKnownEncoding(encoding)) return undefined;
  const shown = String(encoding).slice(0, 40);
  return notImplemented(id, `grpc-encoding ${shown} is not supported, ${ACCEPTED_ENCODINGS} are`);
}
