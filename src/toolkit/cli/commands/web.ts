import { createWebProxy } from "../../web/create-web-proxy.ts";
import { type Connect, withConnection } from "../connect.ts";
import { type EdgeTlsFlags, edgeTls } from "../edge-tls.ts";
import { addressFlag, isOn, splitList } from "../options.ts";
import { serveUntilInterrupted } from "../serve.ts";
import type { Terminal } from "../terminal.ts";

export interface WebFlags extends EdgeTlsFlags {
  readonly address?: string;
  readonly namespace?: string;
  /** Flags of micro itself; those of the command win. */
  readonly web_address?: string;
  readonly web_namespace?: string;
  readonly allowed_hosts?: string;
  readonly allowed_origins?: string;
  readonly trust_forwarded?: boolean;
  /** False with `--no-access_log`. */
  readonly access_log?: boolean;
}

/** Loopback, unless told. */
export const WEB_ADDRESS = "127.0.0.1:8082";

/** `micro web`: the reverse proxy, until interrupted. */
export async function web(flags: WebFlags, terminal: Terminal, connect: Connect): Promise<void> {
  const namespace = flags.namespace ?? flags.web_namespace ?? "go.micro.web";
  const address = flags.address ?? flags.web_address ?? WEB_ADDRESS;
  const flag = addressFlag(flags.address, flags.web_address, "web_address");
  const tls = edgeTls(flags, isOn(flags.enable_tls, terminal.env.MICRO_WEB_ENABLE_TLS));
  await withConnection(connect({ ...flags }, terminal), async ({ registry, transport }) => {
    const proxy = createWebProxy({
      registry,
      transport,
      namespace,
      allowedHosts: splitList(flags.allowed_hosts),
      allowedOrigins: splitList(flags.allowed_origins),
      tls,
      trustForwarded: flags.trust_forwarded === true,
      ...(flags.access_log === false ? {} : { accessLog: (line: string) => terminal.out(`${line}\n`) }),
    });
    const what = `micro web for ${namespace}.*`;
    await serveUntilInterrupted(
      proxy,
      { what, address, flag, registry, scheme: tls === undefined ? "http" : "https" },
      terminal,
    );
  });
}
