import type { ClientTls, ServerTls } from "../transport/index.ts";
import type { AnyServiceOptions } from "./service.ts";

/** What can be said by environment and flag, as well as in code. */
export interface Settings {
  readonly name: string;
  readonly version: string;
  readonly id: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly address: string | undefined;
  readonly advertise: string | undefined;
  readonly registry: string | undefined;
  readonly registryAddress: string | undefined;
  readonly broker: string | undefined;
  readonly brokerAddress: string | undefined;
  readonly selector: string | undefined;
  readonly transport: string | undefined;
  readonly tls: Partial<ServerTls> | undefined;
  readonly clientTls: ClientTls | undefined;
  readonly client: string | undefined;
  readonly server: string | undefined;
  readonly health: boolean;
  readonly reflection: boolean;
  readonly debug: boolean;
  readonly metrics: boolean;
  readonly logLevel: string | undefined;
  readonly logFormat: string | undefined;
  readonly requestTimeoutMs: number | undefined;
  readonly retries: number | undefined;
  readonly poolSize: number | undefined;
  readonly poolTtlMs: number | undefined;
  readonly clientHttpVersion: string | undefined;
  readonly clientCompression: string | undefined;
  readonly registerTtlMs: number;
  readonly registerIntervalMs: number;
  readonly registerUses: boolean;
}

/** The settings of the code's options, before environment and flags. */
export function settingsOf(options: AnyServiceOptions): Settings {
  const named = (value: unknown) => (typeof value === "string" ? value : undefined);
  return {
    name: options.name ?? "", // JavaScript may leave it to --server_name
    version: options.version ?? "latest",
    id: options.id,
    metadata: options.metadata ?? {},
    address: options.address,
    advertise: options.advertise,
    registry: named(options.registry),
    registryAddress: options.registryAddress,
    broker: named(options.broker),
    brokerAddress: options.brokerAddress,
    selector: named(options.selector),
    transport: named(options.transport),
    tls: options.tls,
    clientTls: options.clientTls,
    client: named(options.client),
    server: named(options.server),
    health: options.health ?? true,
    reflection: options.reflection ?? true,
    debug: options.debug ?? true,
    metrics: options.metrics ?? true,
    logLevel: options.log?.level,
    logFormat: options.log?.format,
    requestTimeoutMs: options.requestTimeoutMs,
    retries: options.retries,
    poolSize: options.poolSize,
    poolTtlMs: options.poolTtlMs,
    clientHttpVersion: options.clientHttpVersion,
    clientCompression: options.clientCompression,
    registerTtlMs: options.registerTtlMs ?? 60_000,
    registerIntervalMs: options.registerIntervalMs ?? 30_000,
    registerUses: options.registerUses ?? true,
  };
}
