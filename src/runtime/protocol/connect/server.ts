import { type Codec, jsonCodec, protobufCodec } from "../../codec/index.ts";
import { badRequest, errorCodeOfGrpc, type MicroError, notImplemented } from "../../errors/index.ts";
import type { EngineStream, HeaderBlock, StreamReceiver } from "../../http2/index.ts";
import type { BodyForm, BodyRequest } from "../body-form.ts";
import { BodyServerCall } from "../body-server-call.ts";
import { ACCEPTED_ENCODINGS, compressionOf, isKnownEncoding, negotiate } from "../compression.ts";
import { type Dispatcher, servedCodec } from "../dispatcher.ts";
import { readsMicroDetail } from "../error-details.ts";
import { answer, type HttpProtocol, type HttpRequest } from "../http-protocol.ts";
import { SharedDeadlines } from "../shared-deadlines.ts";
import { StreamedServerCall } from "../streamed-server-call.ts";
import { toConnectError } from "./error-json.ts";
import { codecNameOf, type GetMessage, isConnectQuery, readQuery } from "./get-query.ts";
import { CONNECT_STREAM } from "./stream-form.ts";
import { parseConnectTimeout } from "./timeout.ts";

export interface ConnectServerOptions {
  /** How long the one request of a unary or server-streaming call may take to arrive. */
  readonly arrivalTimeoutMs: number;
}

/**
 * Connect over either version of HTTP: unary methods by POST, and by GET those without side effects; the three streaming
 * kinds; protobuf and JSON. A POST of plain JSON is Connect's when its header says so, because errors look different.
 */
export function createConnectServer(dispatcher: Dispatcher, options: ConnectServerOptions): HttpProtocol {
  const id = dispatcher.serviceName;
  const deadlines = new SharedDeadlines();

  function stream(request: HttpRequest, output: EngineStream, codec: Codec): StreamReceiver {
    const { headers } = request;
    const compression = compressionOf(headers["connect-content-encoding"]);
    const call = new StreamedServerCall(
      output,
      {
        path: request.path,
        contentType: request.contentType,
        codec: servedCodec(codec, dispatcher),
        headers,
        mayStayOpen: false,
        arrivalTimeoutMs: options.arrivalTimeoutMs,
        timeoutMs: timeoutOf(headers),
        compression,
        replyCompression: negotiate(compression, headers["connect-accept-encoding"]),
        problem: problemOf(headers, headers["connect-content-encoding"], id),
      },
      CONNECT_STREAM,
      dispatcher,
      request.caller.peer("connect"),
      deadlines,
    );
    call.start(request.ended);
    return call;
  }

  function unary(request: HttpRequest, output: EngineStream, codec: Codec, asked: GetMessage | undefined) {
    const { headers } = request;
    const encoding = asked?.encoding ?? headers["content-encoding"];
    const compression = compressionOf(encoding);
    const call = new BodyServerCall(
      output,
      {
        path: request.path,
        headers,
        codec: servedCodec(codec, dispatcher),
        contentType: `application/${codec.name}`,
        arrivalTimeoutMs: options.arrivalTimeoutMs,
        timeoutMs: timeoutOf(headers),
        compression,
        replyCompression: negotiate(compression, headers["accept-encoding"]),
        message: asked?.message,
        problem: problemOf(headers, encoding, id),
      },
      CONNECT_UNARY,
      dispatcher,
      request.caller.peer("connect"),
    );
    call.start(request.ended);
    return call;
  }

  function get(request: HttpRequest, output: EngineStream): StreamReceiver {
    if (!isSafe(dispatcher, request.path)) return refuse(output, 405);
    const codec = codecNamed(codecNameOf(request.query));
    if (codec === undefined) return refuse(output, 415);
    const message = readQuery(request.query);
    if (typeof message !== "string") return unary(request, output, codec, message);
    const { httpStatus, body } = failure(badRequest(id, message), request.headers, false);
    return answer(output, httpStatus, { "content-type": "application/json" }, Buffer.from(body));
  }

  return {
    name: "connect",
    open(request, output) {
      const { contentType, method, headers } = request;
      if (method === "GET" && isConnectQuery(request.query)) return get(request, output);
      const streamed = /^application\/connect\+([\w.-]+)\s*(?:;|$)/.exec(contentType)?.[1];
      const plain = /^application\/(json|proto)\s*(?:;|$)/.exec(contentType)?.[1];
      if (streamed !== undefined) {
        const codec = codecNamed(streamed);
        if (codec === undefined) return refuse(output, 415);
        return method === "POST" ? stream(request, output, codec) : refuse(output, 405);
      }
      if (plain === undefined) return undefined;
      if (plain === "json" && headers["connect-protocol-version"] === undefined) return undefined;
      return method === "POST"
        ? unary(request, output, codecNamed(plain) as Codec, undefined)
        : refuse(output, 405);
    },
  };
}

function codecNamed(name: string): Codec | undefined {
  return name === "proto" ? protobufCodec : name === "json" ? jsonCodec : undefined;
}

/** Whatever cannot be Connect is answered in HTTP's words. */
function refuse(stream: EngineStream, httpStatus: number): StreamReceiver {
  return answer(stream, httpStatus, httpStatus === 405 ? { allow: "POST" } : {}, new Uint8Array(0));
}

/** False for methods that do something: a GET may be repeated and prefetched by anybody in between. */
function isSafe(dispatcher: Dispatcher, path: string): boolean {
  try {
    return dispatcher.route(path).method.idempotency === "noSideEffects";
  } catch {
    return true; // not there: the call itself says so, and better
  }
}

function timeoutOf(headers: HeaderBlock): number | undefined {
  const text = headers["connect-timeout-ms"];
  return typeof text === "string" ? parseConnectTimeout(text) : undefined;
}

function problemOf(headers: HeaderBlock, encoding: unknown, id: string): MicroError | undefined {
  const version = headers["connect-protocol-version"];
  if (version !== undefined && version !== "1") {
    return badRequest(id, `connect-protocol-version ${String(version).slice(0, 20)} is not 1`);
  }
  const timeout = headers["connect-timeout-ms"];
  if (timeout !== undefined && parseConnectTimeout(String(timeout)) === undefined) {
    return badRequest(id, "malformed connect-timeout-ms");
  }
  if (isKnownEncoding(encoding)) return undefined;
  const shown = String(encoding).slice(0, 40);
  return notImplemented(id, `encoding ${shown} is not supported, ${ACCEPTED_ENCODINGS} are`);
}

/** `unknownMethod` is 404, as it is where Connect's servers stand behind a router; the code in the body tells more. */
function failure(error: MicroError, request: HeaderBlock, unknownMethod: boolean) {
  const { connectHttp } = errorCodeOfGrpc(error.grpc);
  return {
    httpStatus: unknownMethod ? 404 : connectHttp,
    body: JSON.stringify(toConnectError(error, readsMicroDetail(request))),
    headers: error.grpc === 12 ? { "accept-encoding": ACCEPTED_ENCODINGS } : {},
  };
}

const CONNECT_UNARY: BodyForm = {
  streamHint: "call it with content type application/connect+proto or application/connect+json",
  failure: (error, request: BodyRequest, unknownMethod) => failure(error, request.headers, unknownMethod),
};
