import type { EngineStream, HeaderBlock } from "../../http2/index.ts";
import type { Metadata } from "../../metadata/index.ts";
import { ACCEPTED_ENCODINGS } from "../compression.ts";
import type { Dispatcher } from "../dispatcher.ts";
import { answer, type HttpProtocol } from "../http-protocol.ts";
import { addMetadata } from "../metadata-wire.ts";
import { SharedDeadlines } from "../shared-deadlines.ts";
import type { StreamedEnd, StreamedForm, StreamedRequest } from "../streamed-form.ts";
import { StreamedServerCall } from "../streamed-server-call.ts";
import { codecOfCall, grpcRequest } from "./request.ts";
import { writeStatus } from "./status.ts";

export interface GrpcServerOptions {
  /** How long the one request of a unary or server-streaming call may take to arrive. */
  readonly arrivalTimeoutMs: number;
}

const BASE = "application/grpc";

/** gRPC over HTTP/2: unary and the three streaming kinds, protobuf and JSON. */
export function createGrpcServer(dispatcher: Dispatcher, options: GrpcServerOptions): HttpProtocol {
  const deadlines = new SharedDeadlines();
  return {
    name: "grpc",
    open(request, stream) {
      const { contentType } = request;
      if (!contentType.startsWith(BASE) || isOther(contentType)) return undefined;
      // Trailers after an answer are what HTTP/1.1 clients do not see.
      if (request.version === 1) return refuse(stream, 505);
      if (request.method !== "POST") return refuse(stream, 405);
      const codec = codecOfCall(request, BASE);
      if (codec === undefined) return refuse(stream, 415);
      const asked = grpcRequest(request, codec, options.arrivalTimeoutMs, dispatcher);
      const call = new StreamedServerCall(
        stream,
        asked,
        GRPC,
        dispatcher,
        request.caller.peer("grpc"),
        deadlines,
      );
      call.start(request.ended);
      return call;
    },
  };
}

/** `application/grpc-web` ... begins the same. */
function isOther(contentType: string): boolean {
  const next = contentType[BASE.length];
  return next !== undefined && next !== "+" && next !== ";" && next !== " ";
}

/** Headers that are no gRPC are answered in HTTP's words. */
function refuse(stream: EngineStream, httpStatus: number) {
  return answer(stream, httpStatus, {}, new Uint8Array(0));
}

/** Status and trailers in HTTP's trailers; with the headers when there is nothing else. */
const GRPC: StreamedForm = {
  sendHead(stream, request, header) {
    stream.sendHeaders(responseHead(request, header), false);
  },

  sendEnd(stream, request, end) {
    const trailers = responseEnd(request, end);
    if (end.headersSent) {
      stream.sendTrailers(trailers);
    } else if (end.error !== undefined && (end.header === undefined || end.header.size === 0)) {
      // One block for both, which callers take for trailers: only when there is nothing they would take for headers.
      stream.sendHeaders({ ...responseHead(request, end.header), ...trailers }, true);
    } else {
      stream.sendHeaders(responseHead(request, end.header), false);
      stream.sendTrailers(trailers, end.last);
    }
  },
};

/** The headers of an answer. */
export function responseHead(
  { contentType, replyCompression }: StreamedRequest,
  header: Metadata | undefined,
): HeaderBlock {
  const headers: HeaderBlock = { ":status": "200", "content-type": contentType };
  if (replyCompression !== undefined) headers["grpc-encoding"] = replyCompression.name;
  if (header !== undefined) addMetadata(headers, header);
  return headers;
}

/** The trailers of an answer. */
export function responseEnd(request: StreamedRequest, { error, trailer }: StreamedEnd): HeaderBlock {
  const trailers: HeaderBlock = {};
  if (error === undefined) trailers["grpc-status"] = "0";
  else {
    writeStatus(trailers, error, request.headers);
    if (error.grpc === 12) trailers["grpc-accept-encoding"] = `identity,${ACCEPTED_ENCODINGS}`;
  }
  if (trailer !== undefined) addMetadata(trailers, trailer);
  return trailers;
}
