import { createServer, type TlsOptions } from "node:tls";
import { formatAddress } from "../../registry/index.ts";
import { bind } from "../bind.ts";
import type { ConnectionHandler, Listener } from "../transport.ts";
import { CertificateStore, type Certificates, MIN_VERSION } from "./certificate-store.ts";
import { RELOAD_INTERVAL_MS, type TlsTransportOptions } from "./options.ts";

/** A handshake that takes longer is given up. */
const HANDSHAKE_TIMEOUT_MS = 5000;

/** Listens; hands on what has finished its handshake. New certificates count for new connections. */
export async function listenTls(
  address: string,
  onConnection: ConnectionHandler,
  options: TlsTransportOptions,
): Promise<Listener> {
  if (options.server === undefined) {
    throw new Error("listening with TLS needs a certificate and its key: --tls_cert_file and --tls_key_file");
  }
  const { certFile, keyFile, clientCaFile } = options.server;
  const store = new CertificateStore({ certFile, keyFile, caFile: clientCaFile }, options.onProblem);
  let inUse = await store.latest();
  const server = createServer(
    {
      ...contextOptions(inUse),
      ALPNProtocols: ["h2", "http/1.1"],
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      requestCert: clientCaFile !== undefined,
      rejectUnauthorized: clientCaFile !== undefined,
      noDelay: true,
    },
    (socket) => {
      socket.on("error", () => {
        // The protocol above sees the close; a reset before it got the socket concerns nobody.
      });
      onConnection(socket, formatAddress(socket.remoteAddress ?? "", socket.remotePort ?? 0));
    },
  );
  // A failed handshake concerns nobody but its peer, who was told by an alert.
  server.on("tlsClientError", (_, socket) => socket.destroy());
  server.maxConnections = options.maxConnections ?? 10_000;
  const listener = await bind(server, address);

  const timer = setInterval(async () => {
    const latest = await store.latest();
    if (latest !== inUse) server.setSecureContext(contextOptions(latest));
    inUse = latest;
  }, options.reloadIntervalMs ?? RELOAD_INTERVAL_MS).unref();
  return {
    address: listener.address,
    close() {
      clearInterval(timer);
      return listener.close();
    },
  };
}

function contextOptions({ cert, key, ca }: Certificates): TlsOptions {
  return { cert, key, minVersion: MIN_VERSION, ...(ca === undefined ? {} : { ca }) };
}
