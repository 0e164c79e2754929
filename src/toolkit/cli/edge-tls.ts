import type { ServerTls } from "@micro-service/runtime";
import { usageError } from "./exit-code.ts";

/** Micro's flags for HTTPS in front of `micro api` and `micro web`. */
export interface EdgeTlsFlags {
  readonly enable_tls?: boolean;
  readonly tls_cert_file?: string;
  readonly tls_key_file?: string;
  readonly tls_client_ca_file?: string;
}

/** Undefined without `--enable_tls`. Throws a usage error for half a pair. */
export function edgeTls(flags: EdgeTlsFlags, enabled: boolean): ServerTls | undefined {
  const { tls_cert_file: certFile, tls_key_file: keyFile, tls_client_ca_file: clientCaFile } = flags;
  if (!enabled) return undefined;
  if (certFile === undefined || keyFile === undefined) {
    throw usageError("--enable_tls needs --tls_cert_file and --tls_key_file");
  }
  return { certFile, keyFile, clientCaFile };
}
