import { createServer, connect as tcpConnect } from "node:net";
import { formatAddress, parseAddress } from "../registry/index.ts";
import { bind } from "./bind.ts";
import { connected } from "./connected.ts";
import type { Transport } from "./transport.ts";

/** Settings of {@link createTcpTransport}. */
export interface TcpTransportOptions {
  /** Open connections one listener holds at most; more are closed at once. Default 10000. */
  readonly maxConnections?: number | undefined;
}

/** Plain TCP. */
export function createTcpTransport(options: TcpTransportOptions = {}): Transport {
  return {
    name: "tcp",
    secure: false,
    async dial(address, dialOptions = {}) {
      const { host, port } = parseAddress(address);
      dialOptions.signal?.throwIfAborted();
      const socket = tcpConnect({ host: host === "" ? "127.0.0.1" : host, port, noDelay: true });
      return connected(socket, "connect", dialOptions);
    },
    listen(address, onConnection) {
      const server = createServer({ noDelay: true }, (socket) => {
        socket.on("error", () => {
          // The protocol above sees the close; a reset before it got the socket concerns nobody.
        });
        onConnection(socket, formatAddress(socket.remoteAddress ?? "", socket.remotePort ?? 0));
      });
      server.maxConnections = options.maxConnections ?? 10_000;
      return bind(server, address);
    },
  };
}
