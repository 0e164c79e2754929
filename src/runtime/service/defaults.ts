import { type Broker, createMemoryBroker } from "../broker/index.ts";
import { createMemoryRegistry, type Registry } from "../registry/index.ts";
import { nearMatches, type StrategyName } from "../selector/index.ts";
import { createMemoryTransport, createTcpTransport, type Transport } from "../transport/index.ts";
import type { Logger } from "./logger.ts";
import type { TlsSettings } from "./tls-settings.ts";

/** What a registry is made from by name. */
export interface RegistryInit {
  readonly address: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
}

/** What a broker is made from by name. */
export interface BrokerInit extends RegistryInit, TlsSettings {
  readonly registry: Registry;
  /** Host to register instead of the bound one. */
  readonly advertiseHost: string | undefined;
}

/** What a transport is made from by name. */
export interface TransportInit extends TlsSettings {
  readonly logger: Logger;
}

type Table<Maker> = Readonly<Record<string, Maker>>;

/** The first name of each table is the default. */
interface Defaults {
  readonly registry: Table<(init: RegistryInit) => Promise<Registry>>;
  readonly broker: Table<(init: BrokerInit) => Promise<Broker>>;
  readonly selector: Table<StrategyName>;
  readonly transport: Table<(init: TransportInit) => Promise<Transport>>;
  /** The protocol a client prefers. */
  readonly client: Table<string>;
  /** The protocol a server registers as its own. */
  readonly server: Table<string>;
}

/**
 * The one table of name -> constructor. Whatever has weight or is seldom wanted is imported when its name is chosen.
 * Names are go-micro's where it has one; several names of one thing stand beside each other.
 */
export const DEFAULTS: Defaults = {
  registry: {
    mdns: async ({ address }) => (await import("../registry/mdns/index.ts")).createMdnsRegistry({ address }),
    etcd: async ({ address, env }) =>
      (await import("../registry/etcd/index.ts")).createEtcdRegistry({
        addresses: listOf(address),
        // go-micro's names, from v4 on.
        username: env.ETCD_USERNAME,
        password: env.ETCD_PASSWORD,
      }),
    kubernetes: async ({ address, env }) =>
      (await import("../registry/kubernetes/index.ts")).createKubernetesRegistry({ address, env }),
    nats: async ({ address }) =>
      (await import("../registry/nats/index.ts")).createNatsRegistry({ servers: listOf(address) }),
    memory: async () => createMemoryRegistry(),
  },

  broker: {
    http: createHttp,
    nats: createNats,
    memory: async ({ logger }) => createMemoryBroker({ onProblem: (line) => logger.warn(line) }),
  },

  selector: {
    leastloaded: "leastLoaded",
    random: "random",
    roundrobin: "roundRobin",
    // go-micro's names of its caching selector; ours always caches.
    cache: "leastLoaded",
    registry: "leastLoaded",
    default: "leastLoaded",
  },

  transport: {
    tcp: createTcpOrTls,
    // go-micro's names of what its gRPC service listens on.
    grpc: createTcpOrTls,
    http: createTcpOrTls,
    memory: async () => createMemoryTransport(),
  },

  // rpc is what go-micro v1 calls its mucp.
  client: {
    grpc: "grpc",
    connect: "connect",
    "grpc-web": "grpc-web",
    json: "json",
    mucp: "mucp",
    rpc: "mucp",
  },

  server: { grpc: "grpc", mucp: "mucp", rpc: "mucp" },
};

/** `a:1, b:2` -> both; undefined, which is the plugin's default, for nothing. */
function listOf(addresses: string | undefined): string[] | undefined {
  return addresses?.split(",").map((one) => one.trim());
}

async function createNats({ address, clientTls, logger }: BrokerInit): Promise<Broker> {
  const { createNatsBroker } = await import("../broker/nats/index.ts");
  const onProblem = (line: string) => logger.warn(line);
  return createNatsBroker({ servers: listOf(address), tls: clientTls, onProblem });
}

async function createHttp({ advertiseHost: advertise, logger, ...init }: BrokerInit): Promise<Broker> {
  const { registry, address, tls, clientTls } = init;
  const { createHttpBroker } = await import("../broker/http/index.ts");
  const onProblem = (line: string) => logger.warn(line);
  return createHttpBroker({ registry, address, advertise, tls, clientTls, onProblem });
}

async function createTcpOrTls({ tls, clientTls, logger }: TransportInit): Promise<Transport> {
  if (clientTls === undefined) return createTcpTransport();
  const { createTlsTransport } = await import("../transport/tls/index.ts");
  const onProblem = (line: string) => logger.warn(`TLS: ${line}`);
  return createTlsTransport({ server: tls, client: clientTls, onProblem });
}

export type Kind = keyof Defaults;

/** `--registry / MICRO_REGISTRY: unknown registry "edcd"; did you mean etcd? Known: etcd mdns memory`. */
export function unknownName(kind: Kind, name: string): string {
  const known = Object.keys(DEFAULTS[kind]);
  const near = nearMatches(name, known);
  const hint = near.length > 0 ? `did you mean ${near.join(" or ")}? ` : "";
  return `--${kind} / MICRO_${kind.toUpperCase()}: unknown ${kind} ${JSON.stringify(name)}; ${hint === "" ? "known" : `${hint}Known`}: ${known.sort().join(" ")}`;
}
