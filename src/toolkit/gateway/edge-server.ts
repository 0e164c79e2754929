import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { formatAddress, parseAddress } from "@micro-service/runtime";
import { type ServerTls, serverSettings, useCertificates } from "@micro-service/runtime/transport/tls";
import { isLoopbackHost } from "./request-checks.ts";

export interface EdgeServerOptions {
  readonly onRequest: RequestListener;
  /** Takes over a connection that asks for another protocol. Without: the wish is ignored (RFC 9110, 7.8). */
  readonly onUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** HTTPS with these certificates, which are replaced as the files are. Default: plain HTTP. */
  readonly tls?: ServerTls | undefined;
  /** Told one line when new certificates cannot be used. */
  readonly onProblem?: ((line: string) => void) | undefined;
}

/** An HTTP/1.1 server with limits on everything a client can make it wait for or keep. */
export interface EdgeServer {
  /** `host:port` really bound; undefined before `listen`. */
  readonly address: string | undefined;
  /** True when bound to a loopback address. */
  readonly loopbackOnly: boolean;
  /** Resolves to the bound `host:port`. Rejects with AddressTakenError when somebody listens there. */
  listen(address: string): Promise<string>;
  /** Stops accepting, lets running requests finish for `graceMs` (default 5000), then cuts them. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

/** Somebody else listens on the address. */
export class AddressTakenError extends Error {
  readonly address: string;

  constructor(address: string, options?: ErrorOptions) {
    super(`${address} is taken by another program`, options);
    this.name = "AddressTakenError";
    this.address = address;
  }
}

const MAX_HEADER_BYTES = 16 * 1024;

const LIMITS = {
  maxHeaderSize: MAX_HEADER_BYTES,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_000,
};

export function createEdgeServer({ onRequest, onUpgrade, tls, onProblem }: EdgeServerOptions): EdgeServer {
  const server =
    tls === undefined ? createServer(LIMITS) : createTlsServer({ ...LIMITS, ...serverSettings(tls) });
  // 0 is "all that fit into maxHeaderSize": Node would cut the list silently, checkRequest refuses the excess.
  server.maxHeadersCount = 0;
  server.on("request", onRequest);
  // Otherwise a handler error on one socket could end the process.
  server.on("clientError", (_error, socket) => refuseMalformed(socket));
  // Nobody reads what is written into a handshake that failed.
  server.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
  const upgraded = new Set<Duplex>();
  if (onUpgrade !== undefined) {
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on("error", () => socket.destroy());
      // node:http has let go of it: a client that never ends its half would keep it open for good.
      socket.once("finish", () => socket.destroy());
      upgraded.add(socket);
      socket.once("close", () => upgraded.delete(socket));
      onUpgrade(request, socket, head);
    });
  }
  let bound: string | undefined;
  let loopbackOnly = false;

  return {
    get address() {
      return bound;
    },
    get loopbackOnly() {
      return loopbackOnly;
    },
    async listen(address) {
      const { host, port } = parseAddress(address);
      if (tls !== undefined) await useCertificates(server as TlsServer, tls, { onProblem });
      await new Promise<void>((resolve, reject) => {
        server.once("error", (error: NodeJS.ErrnoException) =>
          reject(error.code === "EADDRINUSE" ? new AddressTakenError(address, { cause: error }) : error),
        );
        server.listen({ port, ...(host === "" ? {} : { host }) }, resolve);
      });
      const real = server.address() as AddressInfo;
      bound = formatAddress(real.address, real.port);
      loopbackOnly = isLoopbackHost(real.address);
      return bound;
    },
    async close({ graceMs = 5_000 } = {}) {
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      for (const socket of upgraded) socket.destroy();
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(cut);
      bound = undefined;
    },
  };
}

/** Bytes that are no HTTP: Node's parser has rejected them, nothing reached a handler. */
function refuseMalformed(socket: Duplex): void {
  const { writable } = socket;
  if (!writable || (socket as Socket).destroyed) return;
  socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", () =>
    socket.destroy(),
  );
}
