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
  isComplete: ({ headers, trailers }) => (trailers ?? headers)?.["grpc-status"] !== undefined,
  errorOf: ({ headers, trailers }) => responseError(headers, trailers, "application/grpc"),

  trailerOf({ headers, trailers }) {
    // A response without a body has one block that is both.
    const isTrailersOnly = trailers === undefined && headers?.["grpc-status"] !== undefined;
    return metadataFromHeaders((isTrailersOnly ? headers : trailers) ?? {});
  },
};

/** gRPC-Web: the same with the trailers in the last frame of the body. */
export const GRPC_WEB_FORM: ClientForm = {
  endFlag: TRAILER_FLAG,

  requestHeaders: (call, authority) =>
    requestHeaders(call, authority, `application/grpc-web+${call.codec.name === "proto" ? "proto" : "json"}`),

  isAnswer: (headers) => isGrpc(headers, "application/grpc-web"),
  compressionOf: (headers) => compressionOf(headers["grpc-encoding"]),

  isComplete: ({ headers, last }) => last !== undefined || headers?.["grpc-status"] !== undefined,

  errorOf({ headers, last }) {
    return responseError(
      headers,
      last === undefined ? undefined : readTrailers(last),
      "application/grpc-web",
    );
  },

  trailerOf({ headers, last }) {
    const isTrailersOnly = last === undefined && headers?.["grpc-status"] !== undefined;
    return metadataFromHeaders(last === undefined ? (isTrailersOnly ? headers : {}) : readTrailers(last));
  },
};

function requestHeaders<I, O>(call: ChannelCall<I, O>, authority: string, contentType: string): HeaderBlock {
  const headers: HeaderBlock = {
    ":method": "POST",
    ":scheme": "http",
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

/** The error a complete response stands for. `headers` hold the status when the response is nothing else. */
function responseError(
  headers: ClientEnd["headers"],
  trailers: HeaderBlock | undefined,
  contentType: string,
): MicroError | undefined {
  if (trailers?.["grpc-status"] !== undefined) return readStatus(trailers);
  if (headers?.["grpc-status"] !== undefined) return readStatus(headers);
  if (headers !== undefined && !isGrpc(headers, contentType)) {
    return errorOfHttpStatus(Number(headers[":status"]), String(headers["content-type"] ?? ""));
  }
  return new MicroError({ id: CLIENT_ID, code: 500, detail: "the response ended without a status" });
}
