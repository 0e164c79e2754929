import { createServer } from "node:tls";
import { formatAddress } from "../../registry/index.ts";
import { bind } from "../bind.ts";
import type { ConnectionHandler, Listener } from "../transport.ts";
import type { TlsTransportOptions } from "./options.ts";
import { serverSettings, useCertificates } from "./use-certificates.ts";

/** Listens; hands on what has finished its handshake. */
export async function listenTls(
  address: string,
  onConnection: ConnectionHandler,
  options: TlsTransportOptions,
): Promise<Listener> {
  const tls = options.server;
  if (tls === undefined) {
    throw new Error("listening with TLS needs a certificate and its key: --tls_cert_file and --tls_key_file");
  }
  const settings = { ...serverSettings(tls), ALPNProtocols: ["h2", "http/1.1"], noDelay: true };
  const server = createServer(settings, (socket) => {
    socket.on("error", () => {
      // The protocol above sees the close; a reset before it got the socket concerns nobody.
    });
    onConnection(socket, formatAddress(socket.remoteAddress ?? "", socket.remotePort ?? 0));
  });
  // A failed handshake concerns nobody but its peer, who was told by an alert.
  server.on("tlsClientError", (_, socket) => socket.destroy());
  server.maxConnections = options.maxConnections ?? 10_000;
  await useCertificates(server, tls, options);
  return bind(server, address);
}
