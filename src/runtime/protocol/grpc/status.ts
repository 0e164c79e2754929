import { errorCodeOfGrpc, errorCodeOfHttp, MicroError } from "../../errors/index.ts";
import type { HeaderBlock } from "../../http2/index.ts";
import { CLIENT_ID } from "../cancel-reason.ts";
import {
  decodeRpcStatus,
  encodeRpcStatus,
  fittingDetails,
  microDetail,
  readsMicroDetail,
  shortened,
  splitMicroDetail,
} from "../error-details.ts";
import { pushbackHeaders, withPushback } from "../pushback.ts";
import { decodeGrpcMessage, encodeGrpcMessage } from "./percent.ts";

/**
 * Writes an error as gRPC trailers.
 *
 * The readable detail is the message, as every gRPC peer expects. go-micro v1.18 callers find id and code only in a
 * message that is Micro's error JSON, so they get that; they are known by the `x-content-type` header they always
 * send (v2.9 callers send it too and would also understand the details). For go-micro v2.9 and our own clients Micro's
 * error is one of the status details, so that id, code and detail survive exactly. `request`: the caller's headers.
 */
export function writeStatus(trailers: HeaderBlock, error: MicroError, request: HeaderBlock): void {
  const json = shortened(error);
  const callerIsGoMicro = request["x-content-type"] !== undefined;
  const message = callerIsGoMicro ? JSON.stringify(json) : json.detail;
  trailers["grpc-status"] = String(error.grpc);
  if (message !== "") trailers["grpc-message"] = encodeGrpcMessage(message);
  Object.assign(trailers, pushbackHeaders(error, false));
  const own = fittingDetails(error);
  const details = readsMicroDetail(request) ? [...own, microDetail(json)] : own;
  if (details.length === 0) return;
  // grpc-go takes the message from here when it is here.
  const status = { code: error.grpc, message, details };
  trailers["grpc-status-details-bin"] = encodeRpcStatus(status);
}

/**
 * The error of a response's trailers, undefined for status 0. Read in go-micro's order: detail, then JSON in the
 * message, then plain text. Unlike go-micro, plain text keeps the code its gRPC status stands for.
 */
export function readStatus(trailers: HeaderBlock): MicroError | undefined {
  const status = trailers["grpc-status"];
  return status === "0" ? undefined : withPushback(readError(trailers, status), trailers);
}

function readError(trailers: HeaderBlock, status: unknown): MicroError {
  const grpc = errorCodeOfGrpc(Number(status)).grpc;
  const bytes = trailers["grpc-status-details-bin"];
  const rpcStatus = typeof bytes === "string" ? decodeRpcStatus(bytes) : undefined;
  const { micro, details } = splitMicroDetail(rpcStatus?.details ?? []);
  if (micro !== undefined) {
    const same = errorCodeOfGrpc(grpc).code === micro.code;
    return new MicroError({
      ...micro,
      status: micro.status || undefined,
      details,
      ...(same ? { grpc } : {}),
    });
  }
  const message = decodeGrpcMessage(String(trailers["grpc-message"] ?? ""));
  const entry = errorCodeOfGrpc(grpc);
  return MicroError.parse(message === "" ? entry.grpcName : message, {
    id: CLIENT_ID,
    code: entry.code,
    grpc,
    details,
  });
}

/** The error of a response that is not gRPC. */
export function errorOfHttpStatus(httpStatus: number, contentType: string): MicroError {
  const { grpc, code } = errorCodeOfHttp(httpStatus);
  const detail = `the peer does not speak gRPC: HTTP status ${httpStatus}, content type ${contentType || "none"}`;
  return new MicroError({ id: CLIENT_ID, code, detail, grpc });
}
