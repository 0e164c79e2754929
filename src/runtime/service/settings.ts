import { parseAddress, toNodeAddress } from "../registry/index.ts";
import { parseDuration } from "./duration.ts";
import type { CommonOptions } from "./service.ts";

/** Values of one setting found outside the code: one, or several for `metadata`. */
type Reader = (values: readonly string[], source: string) => Partial<Settings>;

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
  readonly client: string | undefined;
  readonly server: string | undefined;
  readonly requestTimeoutMs: number | undefined;
  readonly retries: number | undefined;
  readonly poolSize: number | undefined;
  readonly poolTtlMs: number | undefined;
  readonly registerTtlMs: number;
  readonly registerIntervalMs: number;
}

/** One row per setting: its flag (`--registry_address`), whose upper case is its variable (`MICRO_REGISTRY_ADDRESS`). */
export interface Setting {
  readonly flag: string;
  readonly example: string;
  /** May be given several times; the values add up. */
  readonly repeatable?: boolean;
  readonly read: Reader;
}

/** What is wrong with a value; `source` is how the user gave it. */
export class SettingProblem extends Error {}

const last = (values: readonly string[]): string => values.at(-1) ?? "";

const text =
  (key: keyof Settings): Reader =>
  (values) => ({ [key]: last(values) });

function problem(source: string, value: string, wants: string, example: string): SettingProblem {
  return new SettingProblem(`${source}: ${JSON.stringify(value)} is not ${wants}; an example: ${example}`);
}

const address =
  (key: keyof Settings, example: string): Reader =>
  (values, source) => {
    const value = last(values);
    try {
      parseAddress(value);
    } catch {
      throw problem(source, value, "host:port", example);
    }
    return { [key]: value };
  };

const advertised: Reader = (values, source) => {
  const value = last(values);
  try {
    parseAddress(toNodeAddress("127.0.0.1:1", value));
  } catch {
    throw problem(source, value, "host or host:port", "10.0.0.5:8080");
  }
  return { advertise: value };
};

// Timers beyond 2^31-1 ms fire at once.
const MAX_MS = 2 ** 31 - 1;

const duration =
  (key: keyof Settings, example: string, options: { bareSeconds?: boolean; zero?: boolean } = {}): Reader =>
  (values, source) => {
    const value = last(values);
    const ms =
      options.bareSeconds === true && /^\d{1,9}$/.test(value) ? Number(value) * 1_000 : parseDuration(value);
    if (ms === undefined || ms > MAX_MS || (ms < 1 && !(options.zero === true && ms === 0)))
      throw problem(
        source,
        value,
        options.bareSeconds ? "a number of seconds or a duration" : "a duration",
        example,
      );
    return { [key]: ms };
  };

const integer =
  (key: keyof Settings, min: number, max: number, example: string): Reader =>
  (values, source) => {
    const value = last(values);
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= min && number <= max))
      throw problem(source, value, `a whole number from ${min} to ${max}`, example);
    return { [key]: number };
  };

const metadata: Reader = (values, source) => {
  const pairs = values.map((pair): [string, string] => {
    const cut = pair.indexOf("=");
    if (cut < 1) throw problem(source, pair, "key=value", "region=eu");
    return [pair.slice(0, cut).trim(), pair.slice(cut + 1)];
  });
  return { metadata: Object.fromEntries(pairs) };
};

/** go-micro's flags (`config/cmd/cmd.go`) that mean something here. */
export const SETTINGS: readonly Setting[] = [
  { flag: "server_name", example: "go.micro.srv.greeter", read: text("name") },
  { flag: "server_version", example: "latest", read: text("version") },
  { flag: "server_id", example: "go.micro.srv.greeter-1", read: text("id") },
  { flag: "server_metadata", example: "region=eu", repeatable: true, read: metadata },
  { flag: "server_address", example: ":8080", read: address("address", ":8080") },
  { flag: "server_advertise", example: "10.0.0.5:8080", read: advertised },
  { flag: "server", example: "grpc", read: text("server") },
  { flag: "registry", example: "etcd", read: text("registry") },
  { flag: "registry_address", example: "127.0.0.1:2379", read: text("registryAddress") },
  {
    flag: "register_ttl",
    example: "60",
    read: duration("registerTtlMs", "60", { bareSeconds: true, zero: true }),
  },
  {
    flag: "register_interval",
    example: "30",
    read: duration("registerIntervalMs", "30", { bareSeconds: true, zero: true }),
  },
  { flag: "broker", example: "http", read: text("broker") },
  { flag: "broker_address", example: "127.0.0.1:0", read: text("brokerAddress") },
  { flag: "selector", example: "roundrobin", read: text("selector") },
  { flag: "transport", example: "tcp", read: text("transport") },
  { flag: "client", example: "grpc", read: text("client") },
  { flag: "client_request_timeout", example: "5s", read: duration("requestTimeoutMs", "5s") },
  { flag: "client_retries", example: "1", read: integer("retries", 0, 100, "1") },
  { flag: "client_pool_size", example: "10", read: integer("poolSize", 1, 65_535, "10") },
  { flag: "client_pool_ttl", example: "1m", read: duration("poolTtlMs", "1m") },
];

/** The settings of the code's options, before environment and flags. */
export function settingsOf(options: CommonOptions & { readonly server?: unknown }): Settings {
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
    client: named(options.client),
    server: named(options.server),
    requestTimeoutMs: options.requestTimeoutMs,
    retries: options.retries,
    poolSize: options.poolSize,
    poolTtlMs: options.poolTtlMs,
    registerTtlMs: options.registerTtlMs ?? 60_000,
    registerIntervalMs: options.registerIntervalMs ?? 30_000,
  };
}
