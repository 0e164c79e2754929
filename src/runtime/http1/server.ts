import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type EngineStream, type HeaderBlock, StalledStreams, type StreamReceiver } from "../http2/index.ts";
import { Pipeline } from "./pipeline.ts";
import { Http1ServerStream } from "./server-stream.ts";

export interface Http1Limits {
  /** Time for a request's headers. Default 8000. */
  readonly headersTimeoutMs?: number | undefined;
  /** How long an idle connection is kept. Default 5000. */
  readonly keepAliveTimeoutMs?: number | undefined;
  /** As for HTTP/2: how long an answer may wait without its caller taking any of it. 0 is for ever. Default 60000. */
  readonly stallTimeoutMs?: number | undefined;
}

/** Who answers requests. */
export interface Http1ServerHandler {
  /**
   * A request, its line written as HTTP/2's pseudo headers. `problem`: why it must be refused, whatever it asks for.
   */
  onStream(
    stream: EngineStream,
    headers: HeaderBlock,
    ended: boolean,
    connection: Duplex,
    problem: Http1Problem | undefined,
  ): StreamReceiver;
}

/** What makes a request a trap: header lines beyond counting, or two Host headers. */
export type Http1Problem = "too many headers" | "two hosts";

/** HTTP/1.1 on connections that somebody else accepts. */
export interface Http1Server {
  accept(connection: Duplex): void;
  /** Answers still being made are the last of their connections. Resolves when no connection is left. */
  drain(): Promise<void>;
  /** Cuts what is left. */
  destroy(): void;
}

const MAX_HEADERS = 100;
const KEEP_ALIVE_SLACK_MS = 900;
const KEEP_ALIVE_PROBE_MS = 30_000;

/** HTTP/1.1 by node:http; every request is a stream as HTTP/2 has them, so that protocols are written once. */
export function createHttp1Server(handler: Http1ServerHandler, limits: Http1Limits = {}): Http1Server {
  const headersTimeout = limits.headersTimeoutMs ?? 8_000;
  const connections = new Map<Duplex, Pipeline>();
  const stalled = new StalledStreams(limits.stallTimeoutMs ?? 60_000);
  let draining = false;
  let onEmpty: (() => void) | undefined;

  function serve(request: IncomingMessage, response: ServerResponse): void {
    if (draining) response.setHeader("connection", "close");
    // Answers begun before the drain promised to keep the connection: it is idle a moment from now.
    response.once("close", () => {
      if (draining) setImmediate(() => server.closeIdleConnections());
    });
    const problem = problemOf(request);
    if (problem !== undefined) response.setHeader("connection", "close");
    const headers = request.headers as HeaderBlock;
    headers[":method"] = request.method ?? "";
    headers[":path"] = request.url ?? "";
    const ended = hasNoBody(request);
    const stream = new Http1ServerStream(request, response, stalled);
    stream.deliver(handler.onStream(stream, headers, ended, request.socket, problem), ended);
  }

  const server = createServer(
    {
      headersTimeout,
      // A body may take as long as its protocol allows: see the calls.
      requestTimeout: 0,
      // The header rounds down, so callers are told a little less than it is: what they send in the last moment arrives.
      keepAliveTimeout: (limits.keepAliveTimeoutMs ?? 5000) + KEEP_ALIVE_SLACK_MS,
      connectionsCheckingInterval: Math.min(1000, headersTimeout),
      maxHeaderSize: 16_384,
      requireHostHeader: true,
    },
    (request, response) => connections.get(request.socket)?.add(request, response),
  );
  // 0 is "all that fit into maxHeaderSize": Node would drop the excess silently, a second Host with it.
  server.maxHeadersCount = 0;
  // The server never listens itself, and only listening starts the sweep that enforces the timeouts.
  server.emit("listening");

  return {
    accept(connection) {
      connections.set(connection, new Pipeline(connection, serve));
      // A caller whose machine vanished in the middle of a stream is noticed by nobody else.
      (connection as Partial<Socket>).setKeepAlive?.(true, KEEP_ALIVE_PROBE_MS);
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
      stalled.close();
      for (const connection of connections.keys()) connection.destroy();
    },
  };
}

function hasNoBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0;
}

function problemOf({ rawHeaders }: IncomingMessage): Http1Problem | undefined {
  if (rawHeaders.length / 2 > MAX_HEADERS) return "too many headers";
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === "host") hosts += 1;
  // How requests are smuggled past a proxy; Node keeps the first and says nothing.
  return hosts > 1 ? "two hosts" : undefined;
}
