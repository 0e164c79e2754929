import { errorCodeOfGrpc, MicroError } from "../../errors/index.ts";
import type { HeaderBlock } from "../../http2/index.ts";
import { CLIENT_ID } from "../cancel-reason.ts";
import { decodeErrorDetails, encodeErrorDetails } from "./error-details.ts";
import { decodeGrpcMessage, encodeGrpcMessage } from "./percent.ts";

/** Bytes of detail text that go into headers; a header block may hold 16 KiB and the text travels up to three times. */
const MAX_DETAIL = 1024;

/**
 * Writes an error as gRPC trailers.
 *
 * The readable detail is the message, as every gRPC peer expects. go-micro v1.18 callers find id and code only in a
 * message that is Micro's error JSON, so they get that; they are known by the `x-content-type` header they always
 * send (v2.9 callers send it too and would also understand the details). Micro's error itself always goes into the
 * status details, so id, code and detail survive exactly between our own services and to go-micro v2.9.
 */
export function writeStatus(trailers: HeaderBlock, error: MicroError, callerIsGoMicro: boolean): void {
  const json = error.toJSON();
  if (json.detail.length > MAX_DETAIL) json.detail = `${json.detail.slice(0, MAX_DETAIL)}...`;
  const message = callerIsGoMicro ? JSON.stringify(json) : json.detail;
  trailers["grpc-status"] = String(error.grpc);
  if (message !== "") trailers["grpc-message"] = encodeGrpcMessage(message);
  trailers["grpc-status-details-bin"] = encodeErrorDetails(error.grpc, callerIsGoMicro ? "" : message, json);
}

/**
 * The error of a response's trailers, undefined for status 0. Read in go-micro's order: detail, then JSON in the
 * message, then plain text. Unlike go-micro, plain text keeps the code its gRPC status stands for.
 */
export function readStatus(trailers: HeaderBlock): MicroError | undefined {
  const status = trailers["grpc-status"];
  if (status === "0") return undefined;
  const grpc = errorCodeOfGrpc(Number(status)).grpc;
  const details = trailers["grpc-status-details-bin"];
  const error = typeof details === "string" ? decodeErrorDetails(details) : undefined;
  if (error !== undefined && error.code > 0) {
    const same = errorCodeOfGrpc(grpc).code === error.code;
    return new MicroError({ ...error, status: error.status || undefined, ...(same ? { grpc } : {}) });
  }
  const message = decodeGrpcMessage(String(trailers["grpc-message"] ?? ""));
  const entry = errorCodeOfGrpc(grpc);
  return MicroError.parse(message === "" ? entry.grpcName : message, {
    id: CLIENT_ID,
    code: entry.code,
    grpc,
  });
}

/** gRPC status for a response that is not gRPC (the document "HTTP to gRPC Status Code Mapping"). */
export function errorOfHttpStatus(httpStatus: number, contentType: string): MicroError {
  const grpc = HTTP_TO_GRPC[httpStatus] ?? 2;
  const detail = `the peer does not speak gRPC: HTTP status ${httpStatus}, content type ${contentType || "none"}`;
  return new MicroError({ id: CLIENT_ID, code: errorCodeOfGrpc(grpc).code, detail, grpc });
}

const HTTP_TO_GRPC: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};
