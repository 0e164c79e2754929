import type { ClientTls, ServerTls } from "../transport/index.ts";
import type { Settings } from "./settings.ts";

/** What a service does over TLS; both undefined: nothing. */
export interface TlsSettings {
  /** How it serves. */
  readonly tls: ServerTls | undefined;
  /** How it calls: over TLS when it serves so, or when told to. What it shows is its own certificate by default. */
  readonly clientTls: ClientTls | undefined;
}

/** What is incomplete has been reported with the other settings, and counts as not given. */
export function tlsOf({ tls, clientTls }: Settings): TlsSettings {
  const { certFile, keyFile, clientCaFile } = tls ?? {};
  const served = certFile !== undefined && keyFile !== undefined;
  return {
    tls: served ? { certFile, keyFile, clientCaFile } : undefined,
    clientTls: served || clientTls !== undefined ? { certFile, keyFile, ...clientTls } : undefined,
  };
}
