import type { Transport } from "../transport.ts";
import { createDialler } from "./create-dialler.ts";
import { listenTls } from "./listen-tls.ts";
import type { TlsTransportOptions } from "./options.ts";

/**
 * TCP under TLS 1.2 or newer, with ALPN (`h2`, `http/1.1`). Both ends may demand certificates; whoever is called by
 * name must prove to be that service. Certificates are replaced without a restart: new connections use what the files
 * hold now, open ones live on. Nothing is read before the first `dial` or `listen`, which reject with an Error that
 * names the file when one cannot be used.
 */
export function createTlsTransport(options: TlsTransportOptions): Transport {
  const dial = createDialler(options);
  return {
    name: "tls",
    secure: true,
    dial: (address, dialOptions = {}) => dial(address, dialOptions),
    listen: (address, onConnection) => listenTls(address, onConnection, options),
  };
}
