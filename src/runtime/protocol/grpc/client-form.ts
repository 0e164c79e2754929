import { MicroError } from "../../errors/index.ts";
import type { HeaderBlock } from "../../http2/index.ts";
import { CLIENT_ID } from "../cancel-reason.ts";
import type { ChannelCall } from "../channel.ts";
import type { ClientEnd, ClientForm } from "../client-form.ts";
import { ACCEPTED_ENCODINGS, compressionOf } from "../compression.ts";
import { USER_AGENT } from "../error-details.ts";
import { addMetadata, metadataFromHeaders } from "../metadata-wire.ts";
import { errorOfHttpStatus, readStatus } from "./status.ts";
import { formatGrpcTimeout } from "./timeout.ts";
import { readTrailers, TRAILER_FLAG } from "./web-trailers.ts";

/** gRPC: status and trailers in HTTP's trailers, or with the headers. */
export const GRPC_FORM: ClientForm = {
  endFlag: 0,

  requestHeaders: (call, authority) =>
    requestHeaders(
      call,
      authority,
      call.codec.name === "proto" ? "application/grpc+proto" : "application/grpc+json",
    ),

  isAnswer: (headers) => isGrpc(headers, "application/grpc"),
  compressionOf: (headers) => compressionOf(headers["grpc-encoding"]),
  isComplete: (end) => (end.trailers ?? onlyBlock(end))?.["grpc-status"] !== undefined,
  errorOf: (end) => responseError(end.headers, end.trailers ?? onlyBlock(end), "application/grpc"),
  trailerOf: (end) => metadataFromHeaders(end.trailers ?? onlyBlock(end) ?? {}),
};

/** gRPC-Web: the same with the trailers in the last frame of the body. */
export const GRPC_WEB_FORM: ClientForm = {
  endFlag: TRAILER_FLAG,

  requestHeaders: (call, authority) =>
    requestHeaders(call, authority, `application/grpc-web+${call.codec.name === "proto" ? "proto" : "json"}`),

  isAnswer: (headers) => isGrpc(headers, "application/grpc-web"),
  compressionOf: (headers) => compressionOf(headers["grpc-encoding"]),

  isComplete: (end) => end.last !== undefined || onlyBlock(end) !== undefined,

  errorOf(end) {
    const trailers = end.last === undefined ? onlyBlock(end) : readTrailers(end.last);
    return responseError(end.headers, trailers, "application/grpc-web");
  },

  trailerOf(end) {
    return metadataFromHeaders(end.last === undefined ? (onlyBlock(end) ?? {}) : readTrailers(end.last));
  },
};

/** The headers of an answer that is nothing else: they are its trailers, too. */
function onlyBlock({ headers, isBodiless }: ClientEnd): HeaderBlock | undefined {
  return isBodiless && headers?.["grpc-status"] !== undefined ? headers : undefined;
}

function requestHeaders<I, O>(call: ChannelCall<I, O>, authority: string, contentType: string): HeaderBlock {
  const headers: HeaderBlock = {
    ":method": "POST",
    ":authority": authority,
    ":path": `/${call.path}`,
    te: "trailers",
    "content-type": contentType,
    "user-agent": USER_AGENT,
  };
  if (call.deadline !== undefined) headers["grpc-timeout"] = formatGrpcTimeout(call.deadline - Date.now());
  if (call.compression !== undefined) {
    headers["grpc-encoding"] = call.compression.name;
    headers["grpc-accept-encoding"] = ACCEPTED_ENCODINGS;
  }
  if (call.metadata.size > 0) addMetadata(headers, call.metadata);
  return headers;
}

function isGrpc(headers: HeaderBlock, contentType: string): boolean {
  return String(headers["content-type"] ?? "").startsWith(contentType);
}

/** The error a complete response stands for. */
function responseError(
  headers: HeaderBlock | undefined,
  trailers: HeaderBlock | undefined,
  contentType: string,
): MicroError | undefined {
  if (trailers?.["grpc-status"] !== undefined) return readStatus(trailers);
  if (headers !== undefined && !isGrpc(headers, contentType)) {
    return errorOfHttpStatus(Number(headers[":status"]), String(headers["content-type"] ?? ""));
  }
  return new MicroError({ id: CLIENT_ID, code: 500, detail: "the response ended without a status" });
}
