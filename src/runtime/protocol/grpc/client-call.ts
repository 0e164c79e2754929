import { MicroError, timeout, unavailable } from "../../errors/index.ts";
import {
  H2_CANCEL,
  H2_ENHANCE_YOUR_CALM,
  H2_INADEQUATE_SECURITY,
  H2_NO_ERROR,
  H2_REFUSED_STREAM,
  type HeaderBlock,
  type StreamClose,
} from "../../http2/index.ts";
import { CLIENT_ID } from "../cancel-reason.ts";
import { type ChannelCall, markLost, markUnsent } from "../channel.ts";
import { addMetadata } from "../metadata-wire.ts";
import { errorOfHttpStatus, readStatus } from "./status.ts";
import { formatGrpcTimeout } from "./timeout.ts";

/** Request headers of a call. */
export function requestHeaders<I, O>(call: ChannelCall<I, O>, authority: string): HeaderBlock {
  const headers: HeaderBlock = {
    ":method": "POST",
    ":scheme": "http",
    ":authority": authority,
    ":path": `/${call.path}`,
    te: "trailers",
    "content-type": call.codec.name === "proto" ? "application/grpc+proto" : "application/grpc+json",
  };
  if (call.deadline !== undefined) headers["grpc-timeout"] = formatGrpcTimeout(call.deadline - Date.now());
  if (call.metadata.size > 0) addMetadata(headers, call.metadata);
  return headers;
}

/**
 * The error a complete response stands for, undefined when it succeeded. `headers` hold the status when the response
 * is trailers-only.
 */
export function responseError(
  headers: HeaderBlock | undefined,
  trailers: HeaderBlock | undefined,
): MicroError | undefined {
  if (trailers?.["grpc-status"] !== undefined) return readStatus(trailers);
  if (headers?.["grpc-status"] !== undefined) return readStatus(headers);
  const contentType = String(headers?.["content-type"] ?? "");
  if (headers !== undefined && !contentType.startsWith("application/grpc")) {
    return errorOfHttpStatus(Number(headers[":status"]), contentType);
  }
  return new MicroError({ id: CLIENT_ID, code: 500, detail: "the response ended without a status" });
}

/** The error of a stream that closed before its response was complete. */
export function closeError(close: StreamClose, address: string): MicroError {
  if (close.unsent) return markUnsent(unavailable(CLIENT_ID, `${address} did not take the call`));
  if (close.stalled) return timeout(CLIENT_ID, `${address} took nothing of the request for too long`);
  if (close.connectionLost) return markLost(unavailable(CLIENT_ID, `connection to ${address} lost`));
  switch (close.code) {
    case H2_REFUSED_STREAM:
      return markUnsent(unavailable(CLIENT_ID, `${address} refused the call`));
    case H2_CANCEL:
      return new MicroError({ id: CLIENT_ID, code: 499, detail: `${address} cancelled the call` });
    case H2_ENHANCE_YOUR_CALM:
      return new MicroError({ id: CLIENT_ID, code: 429, detail: `${address} asks for fewer calls` });
    case H2_INADEQUATE_SECURITY:
      return new MicroError({ id: CLIENT_ID, code: 403, detail: `${address} finds the connection too weak` });
    case H2_NO_ERROR:
      return new MicroError({ id: CLIENT_ID, code: 500, detail: "the response ended without a status" });
    default:
      return new MicroError({
        id: CLIENT_ID,
        code: 500,
        detail: `${address} reset the call (HTTP/2 error ${close.code})`,
      });
  }
}

/** `grpc-encoding` of a response, for the reader of its messages. */
export function encodingOf(headers: HeaderBlock): string {
  return String(headers["grpc-encoding"] ?? "identity");
}
