import { createServer, type Socket, connect as tcpConnect } from "node:net";
import type { Duplex } from "node:stream";
import { formatAddress, parseAddress } from "../registry/index.ts";
import type { ConnectionHandler, DialOptions, Listener, Transport } from "./transport.ts";

/** Settings of {@link createTcpTransport}. */
export interface TcpTransportOptions {
  /** Open connections one listener holds at most; more are closed at once. Default 10000. */
  readonly maxConnections?: number | undefined;
}

/** Plain TCP. */
export function createTcpTransport(options: TcpTransportOptions = {}): Transport {
  const maxConnections = options.maxConnections ?? 10_000;
  return {
    name: "tcp",
    dial: dialTcp,
    listen: (address, onConnection) => listenTcp(address, onConnection, maxConnections),
  };
}

function dialTcp(address: string, options: DialOptions = {}): Promise<Duplex> {
  const timeoutMs = options.timeoutMs ?? 1000;
  const { signal } = options;
  return new Promise((resolve, reject) => {
    const { host, port } = parseAddress(address);
    if (signal?.aborted) return reject(signal.reason);
    const socket = tcpConnect({ host: host === "" ? "127.0.0.1" : host, port, noDelay: true });
    const timer = setTimeout(() => fail(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    const onAbort = () => fail(signal?.reason);
    const settled = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    const fail = (reason: unknown) => {
      settled();
      socket.destroy();
      reject(reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    // Stays for the socket's life: an error nobody listens to would end the process.
    socket.on("error", fail);
    socket.once("connect", () => {
      settled();
      resolve(socket);
    });
  });
}

function listenTcp(
  address: string,
  onConnection: ConnectionHandler,
  maxConnections: number,
): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const { host, port } = parseAddress(address);
    const server = createServer({ noDelay: true }, (socket: Socket) => {
      socket.on("error", () => {
        // The protocol above sees the close; a reset before it got the socket concerns nobody.
      });
      onConnection(socket, formatAddress(socket.remoteAddress ?? "", socket.remotePort ?? 0));
    });
    server.maxConnections = maxConnections;
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(cause.code === "EADDRINUSE" ? addressInUse(address, cause) : cause);
    });
    server.listen({ port, ...(host === "" ? {} : { host }) }, () => {
      server.on("error", () => {
        // Out of file descriptors while accepting: the listener lives on and takes the next one.
      });
      const bound = server.address();
      if (bound === null || typeof bound === "string")
        return reject(new Error(`not a TCP address: ${address}`));
      resolve({
        address: formatAddress(bound.address, bound.port),
        close: () => new Promise((closed) => closeListener(server, closed)),
      });
    });
  });
}

/** `close` stops accepting at once; its callback would wait for open connections, which are not ours to end. */
function closeListener(server: ReturnType<typeof createServer>, closed: () => void): void {
  server.close();
  closed();
}

function addressInUse(address: string, cause: Error): NodeJS.ErrnoException {
  return Object.assign(new Error(`${address} is already in use`, { cause }), { code: "EADDRINUSE" });
}
