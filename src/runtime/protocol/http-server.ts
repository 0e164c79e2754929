import type { Duplex } from "node:stream";
import type { Peer } from "../context/index.ts";
import { badRequest, MicroError } from "../errors/index.ts";
import { createHttp1Server, type Http1Limits } from "../http1/index.ts";
import type {
  EngineLimits,
  EngineStream,
  HeaderBlock,
  Http2Engine,
  ServerSession,
  StreamReceiver,
} from "../http2/index.ts";
import { provenNames } from "../transport/index.ts";
import { type CorsOptions, createCors } from "./cors.ts";
import { answer, type HttpCaller, type HttpProtocol, type HttpRequest } from "./http-protocol.ts";
import type { ServerProtocol } from "./server-protocol.ts";

export interface HttpServerOptions {
  readonly engine: Http2Engine;
  readonly limits?: EngineLimits | undefined;
  readonly http1?: Http1Limits | undefined;
  /** Which web pages of other origins may call. Default: none. */
  readonly cors?: CorsOptions | undefined;
  /** Who made the errors of requests that no protocol sees. */
  readonly serviceName: string;
}

/** What takes the connections of a listener: one for each version of HTTP, with the same protocols on top. */
export interface HttpServer {
  readonly http1: ServerProtocol;
  readonly http2: ServerProtocol;
}

/** Serves protocols over both versions of HTTP. The first one that takes a request has it; the last must take all. */
export function createHttpServer(protocols: readonly HttpProtocol[], options: HttpServerOptions): HttpServer {
  const cors = options.cors === undefined ? undefined : createCors(options.cors);

  function open(stream: EngineStream, request: HttpRequest): StreamReceiver {
    if (cors === undefined) return dispatch(stream, request);
    return cors.preflight(request, stream) ?? dispatch(cors.allow(request, stream), request);
  }

  function dispatch(stream: EngineStream, request: HttpRequest): StreamReceiver {
    for (const protocol of protocols) {
      const receiver = protocol.open(request, stream);
      if (receiver !== undefined) return receiver;
    }
    return answer(stream, 404, {}, new Uint8Array(0));
  }
  return { http1: serveHttp1(open, options), http2: serveHttp2(open, options) };
}

type Open = (stream: EngineStream, request: HttpRequest) => StreamReceiver;

function serveHttp2(open: Open, { engine, limits }: HttpServerOptions): ServerProtocol {
  const sessions = new Set<ServerSession>();
  let onEmpty: (() => void) | undefined;
  let draining = false;
  return {
    name: "http2",
    accept(connection, remoteAddress) {
      const caller = new Caller(remoteAddress, provenNames(connection));
      const handler = {
        onStream: (stream: EngineStream, headers: HeaderBlock, ended: boolean) =>
          open(stream, requestOf(headers, 2, ended, caller)),
        onClose() {
          sessions.delete(session);
          if (sessions.size === 0) onEmpty?.();
        },
      };
      const session = engine.accept(connection, handler, limits);
      sessions.add(session);
      if (draining) session.drain();
    },
    drain() {
      draining = true;
      for (const session of sessions) session.drain();
      if (sessions.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        onEmpty = resolve;
      });
    },
    destroy() {
      for (const session of sessions) session.destroy();
    },
  };
}

function serveHttp1(open: Open, { http1, serviceName }: HttpServerOptions): ServerProtocol {
  const callers = new WeakMap<Duplex, Caller>();
  const unknown = new Caller("", []);
  const server = createHttp1Server(
    {
      onStream(stream, headers, ended, connection, problem) {
        const refusal =
          problem === "two hosts"
            ? badRequest(serviceName, "more than one Host header")
            : problem === undefined
              ? undefined
              : tooManyHeaders(serviceName);
        if (refusal !== undefined) {
          const body = Buffer.from(JSON.stringify(refusal));
          return answer(stream, refusal.code, { "content-type": "application/json" }, body);
        }
        return open(stream, requestOf(headers, 1, ended, callers.get(connection) ?? unknown));
      },
    },
    http1,
  );
  return {
    name: "http1",
    accept(connection, remoteAddress) {
      callers.set(connection, new Caller(remoteAddress, provenNames(connection)));
      server.accept(connection);
    },
    drain: () => server.drain(),
    destroy: () => server.destroy(),
  };
}

function tooManyHeaders(id: string): MicroError {
  return new MicroError({
    id,
    code: 431,
    grpc: 8,
    status: "Request Header Fields Too Large",
    detail: "more than 100 header lines",
  });
}

/** The other end of a connection. */
class Caller implements HttpCaller {
  readonly #address: string;
  readonly #names: readonly string[];
  /** One for each protocol: who floods waits by them. */
  readonly #peers = new Map<string, Peer>();
  #last: Peer | undefined;

  constructor(address: string, names: readonly string[]) {
    this.#address = address;
    this.#names = names;
  }

  peer(protocol: string): Peer {
    if (this.#last?.protocol === protocol) return this.#last;
    const peer = this.#peers.get(protocol) ?? { address: this.#address, protocol, names: this.#names };
    this.#peers.set(protocol, peer);
    this.#last = peer;
    return peer;
  }
}

function requestOf(headers: HeaderBlock, version: 1 | 2, ended: boolean, caller: Caller): HttpRequest {
  const target = String(headers[":path"] ?? "");
  const cut = target.indexOf("?");
  return {
    headers,
    method: String(headers[":method"] ?? ""),
    path: target.slice(target.startsWith("/") ? 1 : 0, cut < 0 ? undefined : cut),
    query: cut < 0 ? "" : target.slice(cut + 1),
    contentType: String(headers["content-type"] ?? ""),
    version,
    ended,
    caller,
  };
}
