import type { Codec } from "../../codec/index.ts";
import { badRequest, notImplemented } from "../../errors/index.ts";
import { type EngineStream, H2_NO_ERROR, type HeaderBlock, type StreamReceiver } from "../../http2/index.ts";
import { parseGrpcTimeout, parseMicroTimeout } from "./timeout.ts";

/** What the headers of a request say, checked. */
export interface GrpcRequest {
  readonly path: string;
  readonly contentType: string;
  readonly codec: Codec;
  readonly headers: HeaderBlock;
  /** How long the one request of a unary or server-streaming call may take to arrive. */
  readonly arrivalTimeoutMs: number;
}

/** Answers a request whose headers are no gRPC, in HTTP's words. */
export function refuse(stream: EngineStream, httpStatus: number): StreamReceiver {
  stream.sendHeaders({ ":status": String(httpStatus), "content-length": "0" }, true);
  stream.reset(H2_NO_ERROR);
  return IGNORE;
}

const IGNORE: StreamReceiver = {
  onHeaders() {},
  onData() {},
  onTrailers() {},
  onEnd() {},
  onDrain() {},
  onClose() {},
};

/** The shorter of gRPC's and go-micro's own time-out, in milliseconds. */
export function timeoutOf(headers: HeaderBlock): number | undefined {
  const grpc = headers["grpc-timeout"];
  const micro = headers.timeout;
  const one = typeof grpc === "string" ? parseGrpcTimeout(grpc) : undefined;
  const other = typeof micro === "string" ? parseMicroTimeout(micro) : undefined;
  return one === undefined ? other : other === undefined ? one : Math.min(one, other);
}

/** Throws MicroError 400 for a grpc-timeout that is none. */
export function checkTimeout(headers: HeaderBlock, id: string): void {
  const text = headers["grpc-timeout"];
  if (text !== undefined && parseGrpcTimeout(String(text)) === undefined) {
    throw badRequest(id, "malformed grpc-timeout");
  }
}

/** Throws MicroError 501 for a compression we do not know. */
export function checkEncoding(headers: HeaderBlock, id: string): void {
  const encoding = headers["grpc-encoding"];
  if (encoding !== undefined && encoding !== "identity" && encoding !== "gzip") {
    throw notImplemented(id, `grpc-encoding ${String(encoding).slice(0, 40)} is not supported`);
  }
}
