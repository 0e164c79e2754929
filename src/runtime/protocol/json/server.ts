import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Peer } from "../../context/index.ts";
import { badRequest, MicroError } from "../../errors/index.ts";
import type { Dispatcher } from "../dispatcher.ts";
import type { ServerProtocol } from "../server-protocol.ts";
import { JsonServerCall } from "./server-call.ts";

export interface JsonServerOptions {
  /** What `/readyz` answers: 200 or 503. */
  readonly isReady: () => boolean;
  /** Time for a request's headers. Default 10000. */
  readonly headersTimeoutMs?: number | undefined;
  /** Time for a whole request. Default 60000. */
  readonly requestTimeoutMs?: number | undefined;
  /** How long an idle connection is kept. Default 5000. */
  readonly keepAliveTimeoutMs?: number | undefined;
}

/** Plain HTTP/1.1: `POST /package.Service/Method` for unary methods, `/healthz` and `/readyz`. */
export function createJsonServer(dispatcher: Dispatcher, options: JsonServerOptions): ServerProtocol {
  const requestTimeoutMs = options.requestTimeoutMs ?? 60_000;
  const headersTimeoutMs = Math.min(options.headersTimeoutMs ?? 10_000, requestTimeoutMs);
  const peers = new WeakMap<object, Peer>();
  const connections = new Set<Duplex>();
  let draining = false;
  let onEmpty: (() => void) | undefined;

  const server = createServer(
    {
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: options.keepAliveTimeoutMs ?? 5000,
      connectionsCheckingInterval: Math.min(2000, headersTimeoutMs),
      maxHeaderSize: 16_384,
      requireHostHeader: true,
    },
    (request, response) => {
      response.on("error", () => {
        // The peer left while we were answering; the call hears of it by `close`.
      });
      if (draining) response.setHeader("connection", "close");
      // Answers begun before the drain promised to keep the connection: it is idle a moment from now.
      response.once("close", () => {
        if (draining) setImmediate(() => server.closeIdleConnections());
      });
      const path = request.url?.split("?", 1)[0];
      const refused = refusalOf(request, dispatcher.serviceName);
      if (refused !== undefined) {
        response.setHeader("connection", "close");
        return sendJson(response, refused.code, refused);
      }
      if (path === "/healthz") return sendJson(response, 200, { status: "ok" });
      if (path === "/readyz") {
        const ready = options.isReady();
        return sendJson(response, ready ? 200 : 503, { status: ready ? "ok" : "not ready" });
      }
      const peer = peers.get(request.socket) ?? { address: "", protocol: "json" };
      void new JsonServerCall(request, response, dispatcher, peer).run();
    },
  );
  // 0 is "all that fit into maxHeaderSize": Node would drop the excess silently, a second Host with it.
  server.maxHeadersCount = 0;
  // The server never listens itself, and only listening starts the sweep that enforces the two timeouts.
  server.emit("listening");

  return {
    name: "json",
    accept(connection, remoteAddress) {
      connections.add(connection);
      peers.set(connection, { address: remoteAddress, protocol: "json" });
      connection.once("close", () => {
        connections.delete(connection);
        if (connections.size === 0) onEmpty?.();
      });
      server.emit("connection", connection);
    },
    drain() {
      draining = true;
      server.close();
      server.closeIdleConnections();
      if (connections.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        onEmpty = resolve;
      });
    },
    destroy() {
      server.close();
      for (const connection of connections) connection.destroy();
    },
  };
}

const MAX_HEADERS = 100;

/** Why a request is refused before anybody looks at what it wants. */
function refusalOf(request: IncomingMessage, id: string): MicroError | undefined {
  if (request.rawHeaders.length / 2 > MAX_HEADERS) {
    const status = "Request Header Fields Too Large";
    return new MicroError({
      id,
      code: 431,
      grpc: 8,
      status,
      detail: `more than ${MAX_HEADERS} header lines`,
    });
  }
  return hostCount(request) > 1 ? badRequest(id, "more than one Host header") : undefined;
}

/** Two Host headers are how requests are smuggled past a proxy; Node keeps the first and says nothing. */
function hostCount(request: IncomingMessage): number {
  let count = 0;
  const { rawHeaders } = request;
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === "host") count += 1;
  return count;
}

function sendJson(response: ServerResponse, httpStatus: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(httpStatus, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}
