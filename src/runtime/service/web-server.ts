import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { describeReason } from "../errors/index.ts";
import { formatAddress, isWildcardHost, parseAddress } from "../registry/index.ts";
import type { ServerTls } from "../transport/index.ts";
import { serverSettings, useCertificates } from "../transport/tls/index.ts";
import type { Logger } from "./logger.ts";
import { createStaticFiles } from "./static-files.ts";

export interface WebServerOptions {
  readonly address: string;
  /** Asked per request: the application may be given after the server was made. */
  readonly handler: () => RequestListener | undefined;
  readonly staticDir: URL | string | undefined;
  readonly onUpgrade: ((request: IncomingMessage, socket: Duplex, head: Buffer) => void) | undefined;
  readonly requestArrivalTimeoutMs: number | undefined;
  /** HTTPS, with certificates that are replaced as the files are. Default: plain HTTP. */
  readonly tls?: ServerTls | undefined;
  readonly logger: Logger;
}

export interface WebServer {
  /** Where a browser on this machine finds it. */
  readonly url: string | undefined;
  /** Resolves to the bound `host:port`. Rejects when the port is taken, naming it. */
  start(): Promise<string>;
  /** Refuses new connections, closes idle ones, waits for running requests, then cuts what is left. */
  stop(graceMs: number): Promise<void>;
}

const MAX_CONNECTIONS = 10_000;
const MAX_HEADERS = 100;
/** Longer than proxies keep an idle connection (60 s), so that none sends a request into one we just closed. */
const IDLE_MS = 65_000;

const UPGRADE_REFUSED = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/** node:http with limits, static files and an orderly end. */
export function createWebServer(options: WebServerOptions): WebServer {
  const { logger, tls } = options;
  const files = options.staticDir === undefined ? undefined : createStaticFiles(options.staticDir);
  const upgraded = new Set<Duplex>();
  const running = new Set<ServerResponse>();
  let stopping = false;
  let url: string | undefined;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (await files?.(request, response)) return;
    const handler = options.handler();
    if (handler !== undefined) await handler(request, response);
    else plain(response, 404, "not found");
  }

  const limits = {
    requestTimeout: options.requestArrivalTimeoutMs ?? 30_000,
    // As for services that are called. Node looks every 30 s by itself, and would let slow callers stay as long.
    headersTimeout: 8_000,
    connectionsCheckingInterval: 1_000,
    keepAliveTimeout: IDLE_MS,
  };
  const server =
    tls === undefined ? createServer(limits) : createTlsServer({ ...limits, ...serverSettings(tls) });
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    running.add(response);
    response.once("close", () => {
      running.delete(response);
      // Whose headers were out before the stop is kept alive by them; it is idle a moment from now.
      if (stopping) setImmediate(() => server.closeIdleConnections());
    });
    answer(request, response).catch((error: unknown) => {
      logger.error(`${request.method} ${request.url?.split("?")[0]}: ${describeReason(error)}`);
      if (response.headersSent) response.destroy();
      else plain(response, 500, "internal server error");
    });
  });
  // Nobody reads what is written into a handshake that failed.
  server.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
  server.maxConnections = MAX_CONNECTIONS;
  server.maxHeadersCount = MAX_HEADERS;
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // node:http has let go of the socket: an error nobody listens to would end the process.
    socket.on("error", () => socket.destroy());
    upgraded.add(socket);
    socket.once("close", () => upgraded.delete(socket));
    const { onUpgrade } = options;
    if (onUpgrade === undefined) {
      // Closed by us: a peer that never ends its half would keep it open for good.
      socket.end(UPGRADE_REFUSED, () => socket.destroy());
      return;
    }
    // Async functions are welcome where the type asks for none.
    void (async () => onUpgrade(request, socket, head))().catch((error: unknown) => {
      logger.error(`upgrade of ${request.url?.split("?")[0]}: ${describeReason(error)}`);
      socket.destroy();
    });
  });

  return {
    get url() {
      return url;
    },
    async start() {
      const { host, port } = parseAddress(options.address);
      const onProblem = (line: string) => logger.warn(line);
      if (tls !== undefined) await useCertificates(server as TlsServer, tls, { onProblem });
      await new Promise<void>((resolve, reject) => {
        server.once("error", (error: NodeJS.ErrnoException) => {
          const cause = error.code === "EADDRINUSE" ? "the address is in use" : error.message;
          reject(new Error(`cannot listen on ${options.address}: ${cause}`, { cause: error }));
        });
        server.listen({ port, ...(host === "" ? {} : { host }) }, resolve);
      });
      server.removeAllListeners("error");
      const bound = server.address() as AddressInfo;
      url = `${tls === undefined ? "http" : "https"}://${formatAddress(isWildcardHost(bound.address) ? "127.0.0.1" : bound.address, bound.port)}`;
      return formatAddress(bound.address, bound.port);
    },
    async stop(graceMs) {
      stopping = true;
      for (const response of running) response.shouldKeepAlive = false;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => {
        server.closeAllConnections();
      }, graceMs);
      for (const socket of upgraded) socket.destroy();
      await closed;
      clearTimeout(timer);
      url = undefined;
    },
  };
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(`${text}\n`);
}
