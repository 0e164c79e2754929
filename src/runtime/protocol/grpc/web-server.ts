import { badRequest } from "../../errors/index.ts";
import type { EngineStream, HeaderBlock, StreamReceiver } from "../../http2/index.ts";
import type { Dispatcher } from "../dispatcher.ts";
import { frameMessage } from "../framing.ts";
import { answer, type HttpProtocol } from "../http-protocol.ts";
import { SharedDeadlines } from "../shared-deadlines.ts";
import type { StreamedForm } from "../streamed-form.ts";
import { StreamedServerCall } from "../streamed-server-call.ts";
import { Base64Decoder } from "./base64-decoder.ts";
import { codecOfGrpc, grpcRequest } from "./request.ts";
import { type GrpcServerOptions, responseEnd, responseHead } from "./server.ts";
import { TRAILER_FLAG, writeTrailers } from "./web-trailers.ts";

const BASE = "application/grpc-web";
const TEXT_BASE = "application/grpc-web-text";

/**
 * gRPC-Web over either version of HTTP: gRPC with its trailers at the end of the body, because browsers show no others.
 * `application/grpc-web-text` is the same in base64.
 */
export function createGrpcWebServer(dispatcher: Dispatcher, options: GrpcServerOptions): HttpProtocol {
  const id = dispatcher.serviceName;
  const deadlines = new SharedDeadlines();
  return {
    name: "grpc-web",
    open(request, stream) {
      const { contentType, method } = request;
      if (!contentType.startsWith(BASE)) return undefined;
      if (method !== "POST") return answer(stream, 405, { allow: "POST" }, new Uint8Array(0));
      const isText = contentType.startsWith(TEXT_BASE);
      const codec = codecOfGrpc(contentType, isText ? TEXT_BASE : BASE);
      if (codec === undefined) return answer(stream, 415, {}, new Uint8Array(0));
      const asked = grpcRequest(request, codec, options.arrivalTimeoutMs, dispatcher);
      const output = isText ? new TextStream(stream) : stream;
      const call = new StreamedServerCall(
        output,
        asked,
        GRPC_WEB,
        dispatcher,
        request.caller.peer("grpc-web"),
        deadlines,
      );
      call.start(request.ended);
      return isText ? decoded(call, id) : call;
    },
  };
}

const GRPC_WEB: StreamedForm = {
  sendHead(stream, request, header) {
    stream.sendHeaders(responseHead(request, header), false);
  },

  sendEnd(stream, request, end) {
    if (!end.headersSent) stream.sendHeaders(responseHead(request, end.header), false);
    const trailers = frameMessage(writeTrailers(responseEnd(request, end)), TRAILER_FLAG);
    stream.sendData(end.last === undefined ? trailers : Buffer.concat([end.last, trailers]), true);
  },
};

/** Writes what it is given in base64; every piece has its own padding, as readers of the format expect. */
class TextStream implements EngineStream {
  readonly #stream: EngineStream;

  constructor(stream: EngineStream) {
    this.#stream = stream;
  }

  sendHeaders(headers: HeaderBlock, end: boolean): void {
    this.#stream.sendHeaders(headers, end);
  }

  sendData(bytes: Uint8Array, end: boolean): boolean {
    return this.#stream.sendData(Buffer.from(Buffer.from(bytes).toString("base64")), end);
  }

  sendTrailers(trailers: HeaderBlock, last?: Uint8Array): void {
    this.#stream.sendTrailers(trailers, last);
  }

  reset(code: number): void {
    this.#stream.reset(code);
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }
}

/** Gives a call the bytes that come in base64. */
function decoded(call: StreamedServerCall, id: string): StreamReceiver {
  const decoder = new Base64Decoder();
  return {
    onHeaders() {},
    onTrailers() {},
    onData(chunk) {
      const bytes = decoder.push(chunk);
      if (bytes === undefined) call.cancel(badRequest(id, "the body is no base64"));
      else if (bytes.length > 0) call.onData(bytes);
    },
    onEnd() {
      if (decoder.isComplete) call.onEnd();
      else call.cancel(badRequest(id, "the body ends inside its base64"));
    },
    onDrain: () => call.onDrain(),
    onClose: (close) => call.onClose(close),
  };
}
