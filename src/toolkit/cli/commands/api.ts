import { API_HANDLERS, type ApiHandler, createApiGateway } from "../../api/create-api-gateway.ts";
import { type Connect, withConnection } from "../connect.ts";
import { type EdgeTlsFlags, edgeTls } from "../edge-tls.ts";
import { usageError } from "../exit-code.ts";
import { addressFlag, durationMs, isOn, splitList } from "../options.ts";
import { serveUntilInterrupted } from "../serve.ts";
import type { Terminal } from "../terminal.ts";

export interface ApiFlags extends EdgeTlsFlags {
  readonly address?: string;
  readonly namespace?: string;
  readonly handler?: string;
  /** Flags of micro itself; those of the command win. */
  readonly api_address?: string;
  readonly api_namespace?: string;
  readonly api_handler?: string;
  readonly enable_rpc?: boolean;
  readonly enable_cors?: boolean;
  readonly cors_origins?: string;
  readonly allowed_hosts?: string;
  readonly trust_forwarded?: boolean;
  readonly timeout: string;
  readonly max_body_bytes: string;
  /** False with `--no-access_log`. */
  readonly access_log?: boolean;
}

/** Loopback, unless told: a gateway reaches everything behind it. */
export const API_ADDRESS = "127.0.0.1:8080";

/** `micro api`: the gateway, until interrupted. */
export async function api(
  flags: ApiFlags,
  version: string,
  terminal: Terminal,
  connect: Connect,
): Promise<void> {
  const timeoutMs = durationMs("timeout", flags.timeout);
  const handler = flags.handler ?? flags.api_handler ?? "meta";
  if (!isHandler(handler)) {
    throw usageError(`--handler ${handler} is not known; known: ${API_HANDLERS.join(", ")}`);
  }
  const namespace = flags.namespace ?? flags.api_namespace ?? "go.micro.api";
  const address = flags.address ?? flags.api_address ?? API_ADDRESS;
  const flag = addressFlag(flags.address, flags.api_address, "api_address");
  const maxBodyBytes = Number(flags.max_body_bytes);
  if (!Number.isSafeInteger(maxBodyBytes) || maxBodyBytes < 1) {
    throw usageError(`--max_body_bytes takes a number of bytes, got ${JSON.stringify(flags.max_body_bytes)}`);
  }
  const origins = splitList(flags.cors_origins);
  const tls = edgeTls(flags, isOn(flags.enable_tls, terminal.env.MICRO_API_ENABLE_TLS));
  await withConnection(connect({ ...flags }, terminal), async ({ client, registry }) => {
    const gateway = createApiGateway({
      client,
      registry,
      namespace,
      handler,
      enableRpc: isOn(flags.enable_rpc, terminal.env.MICRO_API_ENABLE_RPC),
      corsOrigins:
        origins.length > 0
          ? origins
          : isOn(flags.enable_cors, terminal.env.MICRO_API_ENABLE_CORS)
            ? ["*"]
            : [],
      allowedHosts: splitList(flags.allowed_hosts),
      tls,
      trustForwarded: flags.trust_forwarded === true,
      timeoutMs,
      maxBodyBytes,
      version,
      ...(flags.access_log === false ? {} : { accessLog: (line: string) => terminal.out(`${line}\n`) }),
    });
    const what = `micro api (handler ${handler}) for ${namespace}.*`;
    await serveUntilInterrupted(
      gateway,
      { what, address, flag, registry, scheme: tls === undefined ? "http" : "https" },
      terminal,
    );
  });
}

function isHandler(text: string): text is ApiHandler {
  return (API_HANDLERS as readonly string[]).includes(text);
}
