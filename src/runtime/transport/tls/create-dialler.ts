import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect } from "node:tls";
import { parseAddress } from "../../registry/index.ts";
import { connected } from "../connected.ts";
import type { DialOptions } from "../transport.ts";
import { CertificateStore, type Certificates } from "./certificate-store.ts";
import { explainTls } from "./explain.ts";
import { checkService } from "./identity.ts";
import { RELOAD_INTERVAL_MS, type TlsTransportOptions } from "./options.ts";

/** Connects, and believes nobody who cannot prove to be the service that is called. */
export function createDialler(
  options: TlsTransportOptions,
): (address: string, options: DialOptions) => Promise<Duplex> {
  const { client = {}, onProblem } = options;
  const verify = client.insecureSkipVerify !== true;
  if (!verify) onProblem?.("certificates of services are NOT verified (client_tls_insecure_skip_verify)");
  const certificates = createRecent(new CertificateStore(client, onProblem), options.reloadIntervalMs);

  return async (address, dialOptions) => {
    const { host, port } = parseAddress(address);
    const { service, anyService = false, wire = "h2", signal } = dialOptions;
    const { context } = await certificates();
    signal?.throwIfAborted();
    const name = service ?? host;
    const socket = connect({
      host: host === "" ? "127.0.0.1" : host,
      port,
      secureContext: context,
      ALPNProtocols: [wire],
      rejectUnauthorized: verify,
      // Not for IP addresses: RFC 6066 section 3.
      ...(isIP(name) === 0 && name !== "" ? { servername: name } : {}),
      ...(service === undefined ? {} : { checkServerIdentity: (_, shown) => checkService(service, shown) }),
      ...(anyService && client.caFile !== undefined ? { checkServerIdentity: () => undefined } : {}),
    });
    socket.setNoDelay(true);
    socket.on("error", explainTls);
    return connected(socket, "secureConnect", dialOptions);
  };
}

/** Looks at the files when they were last looked at a while ago: a client that calls nobody costs nothing. */
function createRecent(store: CertificateStore, intervalMs = RELOAD_INTERVAL_MS): () => Promise<Certificates> {
  let latest: Promise<Certificates> | undefined;
  let lookedAt = 0;
  return () => {
    const now = performance.now();
    if (latest === undefined || now - lookedAt >= intervalMs) {
      lookedAt = now;
      latest = store.latest();
      // Files that were missing may be there the next time.
      latest.catch(() => {
        latest = undefined;
      });
    }
    return latest;
  };
}
