import type { Server, TlsOptions } from "node:tls";
import { CertificateStore, type Certificates, MIN_VERSION } from "./certificate-store.ts";
import { RELOAD_INTERVAL_MS, type ServerTls, type TlsTransportOptions } from "./options.ts";

/** A handshake that takes longer is given up. */
const HANDSHAKE_TIMEOUT_MS = 5000;

/** What a server of node:tls or node:https is created with; its certificates come from {@link useCertificates}. */
export function serverSettings({ clientCaFile }: ServerTls): TlsOptions {
  const demanded = clientCaFile !== undefined;
  return {
    minVersion: MIN_VERSION,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    requestCert: demanded,
    rejectUnauthorized: demanded,
  };
}

/**
 * Gives a server its certificates, and new ones as they appear on disk, until it closes. Rejects with an Error that names
 * the file when the first ones cannot be used.
 */
export async function useCertificates(
  server: Server,
  { certFile, keyFile, clientCaFile }: ServerTls,
  options: Pick<TlsTransportOptions, "reloadIntervalMs" | "onProblem"> = {},
): Promise<void> {
  const store = new CertificateStore({ certFile, keyFile, caFile: clientCaFile }, options.onProblem);
  let inUse = await store.latest();
  server.setSecureContext(contextOptions(inUse));
  const timer = setInterval(async () => {
    const latest = await store.latest();
    if (latest !== inUse) server.setSecureContext(contextOptions(latest));
    inUse = latest;
  }, options.reloadIntervalMs ?? RELOAD_INTERVAL_MS).unref();
  server.once("close", () => clearInterval(timer));
}

function contextOptions({ cert, key, ca }: Certificates): TlsOptions {
  return { cert, key, minVersion: MIN_VERSION, ...(ca === undefined ? {} : { ca }) };
}
