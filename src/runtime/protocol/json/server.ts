import { codecOf, jsonCodec } from "../../codec/index.ts";
import { MicroError, notFound } from "../../errors/index.ts";
import type { EngineStream, HeaderBlock, StreamReceiver } from "../../http2/index.ts";
import type { BodyForm } from "../body-form.ts";
import { BodyServerCall } from "../body-server-call.ts";
import { ACCEPTED_ENCODINGS, compressionOf, isKnownEncoding, negotiate } from "../compression.ts";
import { type Dispatcher, servedCodec } from "../dispatcher.ts";
import { answer, type HttpProtocol, type HttpRequest } from "../http-protocol.ts";

export interface JsonServerOptions {
  /** How long a body may take to arrive. */
  readonly arrivalTimeoutMs: number;
}

/** Service names of go-micro may hold dashes. */
const RPC_PATH = /^[\w.-]+\/\w+$/;

/**
 * Plain HTTP: `POST /package.Service/Method` with a JSON (or protobuf) body, unary methods only, errors in Micro's JSON.
 * Takes whatever it is given: the last protocol of a server.
 */
export function createJsonServer(dispatcher: Dispatcher, options: JsonServerOptions): HttpProtocol {
  const id = dispatcher.serviceName;
  return {
    name: "json",
    open(request, stream) {
      const { headers, path } = request;
      if (RPC_PATH.test(path) && request.method === "POST" && codecOf(request.contentType) === undefined) {
        return refuseContentType(stream, request.contentType);
      }
      const encoding = headers["content-encoding"];
      const compression = compressionOf(encoding);
      const codec = codecOf(request.contentType) ?? jsonCodec;
      const asked = {
        path: RPC_PATH.test(path) ? path : "",
        headers,
        codec: servedCodec(codec, dispatcher),
        contentType: codec.name === "json" ? "application/json" : "application/protobuf",
        arrivalTimeoutMs: options.arrivalTimeoutMs,
        timeoutMs: timeoutOf(headers),
        compression,
        replyCompression: negotiate(undefined, headers["accept-encoding"]),
        message: undefined,
        problem: problemOf(request, id),
      };
      const call = new BodyServerCall(stream, asked, JSON_FORM, dispatcher, request.caller.peer("json"));
      call.start(request.ended);
      return call;
    },
  };
}

function problemOf({ headers, method, path }: HttpRequest, id: string): MicroError | undefined {
  if (!RPC_PATH.test(path)) {
    return notFound(id, "there is nothing here: calls are POST /package.Service/Method");
  }
  if (method !== "POST") {
    const status = "Method Not Allowed";
    return new MicroError({ id, code: 405, status, detail: "calls are made with POST" });
  }
  const encoding = headers["content-encoding"];
  if (isKnownEncoding(encoding)) return undefined;
  const detail = `content encoding ${String(encoding).slice(0, 40)} is not supported, ${ACCEPTED_ENCODINGS} are`;
  return new MicroError({ id, code: 415, status: "Unsupported Media Type", detail });
}

/** In plain words: who sends something else may be a peer of any protocol, and no error of theirs. */
function refuseContentType(stream: EngineStream, contentType: string): StreamReceiver {
  const shown = contentType.replace(/[^ -~]/g, "?").slice(0, 80) || "none";
  const text = `content type ${shown} is not one of application/json, application/protobuf\n`;
  const headers = { "content-type": "text/plain", "accept-post": "application/json, application/protobuf" };
  return answer(stream, 415, headers, Buffer.from(text));
}

const JSON_FORM: BodyForm = {
  streamHint: "call it by gRPC, gRPC-Web or Connect on this same port",
  failure(error) {
    const httpStatus = error.code >= 400 && error.code <= 599 ? error.code : 500;
    const headers: HeaderBlock = httpStatus === 405 ? { allow: "POST" } : {};
    return { httpStatus, headers, body: JSON.stringify(error) };
  },
};

/** go-micro's `timeout` header, decimal nanoseconds. */
function timeoutOf({ timeout }: HeaderBlock): number | undefined {
  return typeof timeout === "string" && /^\d{1,20}$/.test(timeout) ? Number(timeout) / 1e6 : undefined;
}
