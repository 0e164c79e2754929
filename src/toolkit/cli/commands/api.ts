import { API_HANDLERS, type ApiHandler, createApiGateway } from "../../api/create-api-gateway.ts";
import { type Connect, withConnection } from "../connect.ts";
import { usageError } from "../exit-code.ts";
import { durationMs, splitList } from "../options.ts";
import { serveUntilInterrupted } from "../serve.ts";
import type { Terminal } from "../terminal.ts";

export interface ApiFlags {
  readonly address: string;
  readonly namespace: string;
  readonly handler: string;
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

/** `micro api`: the gateway, until interrupted. */
export async function api(
  flags: ApiFlags,
  version: string,
  terminal: Terminal,
  connect: Connect,
): Promise<void> {
  const timeoutMs = durationMs("timeout", flags.timeout);
  if (!isHandler(flags.handler)) {
    throw usageError(`--handler ${flags.handler} is not known; known: ${API_HANDLERS.join(", ")}`);
  }
  const handler = flags.handler;
  const maxBodyBytes = Number(flags.max_body_bytes);
  if (!Number.isSafeInteger(maxBodyBytes) || maxBodyBytes < 1) {
    throw usageError(`--max_body_bytes takes a number of bytes, got ${JSON.stringify(flags.max_body_bytes)}`);
  }
  const origins = splitList(flags.cors_origins);
  await withConnection(connect({ ...flags }, terminal), async ({ client, registry }) => {
    const gateway = createApiGateway({
      client,
      registry,
      namespace: flags.namespace,
      handler,
      enableRpc: flags.enable_rpc === true,
      corsOrigins: origins.length > 0 ? origins : flags.enable_cors === true ? ["*"] : [],
      allowedHosts: splitList(flags.allowed_hosts),
      trustForwarded: flags.trust_forwarded === true,
      timeoutMs,
      maxBodyBytes,
      version,
      ...(flags.access_log === false ? {} : { accessLog: (line: string) => terminal.out(`${line}\n`) }),
    });
    const what = `micro api (handler ${handler}) for ${flags.namespace}.*`;
    await serveUntilInterrupted(
      gateway,
      { what, address: flags.address, flag: "--address", registry },
      terminal,
    );
  });
}

function isHandler(text: string): text is ApiHandler {
  return (API_HANDLERS as readonly string[]).includes(text);
}
