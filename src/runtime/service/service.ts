import type { Broker } from "../broker/index.ts";
import type { Client, ClientInterceptor } from "../client/index.ts";
import type { Log, Logger } from "../log/index.ts";
import type { TypeRegistry } from "../protobuf/index.ts";
import type { CorsOptions } from "../protocol/index.ts";
import type { Registry } from "../registry/index.ts";
import type { Selector } from "../selector/index.ts";
import type { Server, ServerInterceptor } from "../server/index.ts";
import type { ClientTls, ServerTls, Transport } from "../transport/index.ts";
import type { CallsOptions } from "./calls.ts";

/**
 * What every kind of service takes. Each value that has a flag is overridden by the environment, and that by the flag:
 * code < environment < flag. `docs/configuration.md` lists them. What the service made it closes; an instance given
 * (registry, broker, selector, client) stays open, for whoever made it to close.
 */
export interface CommonOptions {
  /** Name on the registry, `go.micro.srv.greeter`. Flag `--server_name`. */
  readonly name: string;
  /** Default `latest`. Flag `--server_version`. */
  readonly version?: string | undefined;
  /** Node id. Default `<name>-<uuid>`. Flag `--server_id`. */
  readonly id?: string | undefined;
  /** Node metadata besides what the runtime adds. Flag `--server_metadata=key=value`, repeatable. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** `host:port` to listen on. Default `:0`: any free port on all interfaces. Flag `--server_address`. */
  readonly address?: string | undefined;
  /**
   * `host:port` (or a host, to keep the bound port) others shall use. Default: the bound address, or the first private
   * address of this machine when bound to all interfaces. Flag `--server_advertise`.
   */
  readonly advertise?: string | undefined;
  /** An instance, or `mdns` (default), `memory`, `etcd`. Flag `--registry`. */
  readonly registry?: Registry | string | undefined;
  /** Where the registry is, comma-separated; its meaning is the registry's own. Flag `--registry_address`. */
  readonly registryAddress?: string | undefined;
  /** An instance, or `http` (default), `memory`. Flag `--broker`. */
  readonly broker?: Broker | string | undefined;
  /** Flag `--broker_address`. */
  readonly brokerAddress?: string | undefined;
  /** An instance, or a strategy: `random`, `roundrobin`, `leastloaded`. Flag `--selector`. */
  readonly selector?: Selector | string | undefined;
  /** An instance, or `tcp` (default; go-micro's name `http` and `grpc` mean it too), `memory`. Flag `--transport`. */
  readonly transport?: Transport | string | undefined;
  /** The certificate to serve with. Every wire speaks TLS then. Flags `--tls_cert_file`, `--tls_key_file`, `--tls_client_ca_file`. */
  readonly tls?: ServerTls | undefined;
  /**
   * Whom to believe and what to show when calling over TLS, which is done when this or `tls` is given. The certificate
   * shown is that of `tls` unless this names another. Flags `--client_tls_ca_file`, `--client_tls_cert_file`,
   * `--client_tls_key_file`, `--client_tls_insecure_skip_verify`.
   */
  readonly clientTls?: ClientTls | undefined;
  /** An instance, or the protocol to prefer: `grpc` (default), `connect`, `grpc-web`, `json` ... Flag `--client`. */
  readonly client?: Client | string | undefined;
  /** First listed is outermost. */
  readonly clientInterceptors?: readonly ClientInterceptor[] | undefined;
  /** How others are called: time, attempts, limits, for all calls or single methods. See docs/resilience.md. */
  readonly calls?: CallsOptions | undefined;
  /** Overall time of a call with all its attempts, as `calls.timeoutMs`. Default 5000. Flag `--client_request_timeout=5s`. */
  readonly requestTimeoutMs?: number | undefined;
  /** Attempts after the first, as `calls.retries`. Default 1. Flag `--client_retries`. */
  readonly retries?: number | undefined;
  /** Idle connections kept per node, for protocols that carry one call at a time. Default 100. Flag `--client_pool_size`. */
  readonly poolSize?: number | undefined;
  /** How long an idle connection is kept. Default 60000. Flag `--client_pool_ttl=1m`. */
  readonly poolTtlMs?: number | undefined;
  /** HTTP under Connect and gRPC-Web (`2`) and JSON (`1.1`) when calling. gRPC is HTTP/2. Flag `--client_http_version`. */
  readonly clientHttpVersion?: "1.1" | "2" | undefined;
  /** How requests are compressed: `gzip`, `br`, `zstd` (Node 22.15). Default: not at all. Flag `--client_compression`. */
  readonly clientCompression?: string | undefined;
  /** Largest message taken, of calls and of answers, after inflating. Default 4 MiB. */
  readonly maxMessageBytes?: number | undefined;
  /** What `google.protobuf.Any` may hold in JSON, as `typeRegistry` makes it. Default: nothing, an Any is refused there. */
  readonly types?: TypeRegistry | undefined;
  /** Lifetime of our record in the registry. Default 60000. Flag `--register_ttl=60`. */
  readonly registerTtlMs?: number | undefined;
  /** How often it is renewed; must be shorter. Default 30000. Flag `--register_interval=30`. */
  readonly registerIntervalMs?: number | undefined;
  /**
   * Tell on the registry which services and methods the generated clients are for, so that their teams can see what a
   * change would break. Default true. Flag `--register_uses=off`.
   */
  readonly registerUses?: boolean | undefined;
  /**
   * Pause between leaving the registry and refusing new calls, so that callers hear of it first. Default 200 when bound
   * to loopback, else 2000.
   */
  readonly drainDelayMs?: number | undefined;
  /** How long running calls may take to finish when stopping. Default 25000. */
  readonly graceMs?: number | undefined;
  /** Command line. Default `process.argv.slice(2)`; everything after `--` is the application's. */
  readonly args?: readonly string[] | undefined;
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** How much is written, how it looks, what is left out. See docs/observability.md. */
  readonly log?: LogOptions | undefined;
  /** Where lines go. Default: standard error. */
  readonly logger?: Logger | undefined;
}

/** What a service writes: `log` of its options. */
export interface LogOptions {
  /** `debug`, `info` (default), `warn` or `error`: lines below it are left out. Flag `--log_level`. */
  readonly level?: string | undefined;
  /**
   * How lines look on standard error: `json`, `text`, or `auto` (default): text at a terminal, else JSON. Flag
   * `--log_format`.
   */
  readonly format?: string | undefined;
  /**
   * Names of fields (`email`) and paths (`order.customer.*`) whose values are secret, besides those that always are.
   * False: nothing is.
   */
  readonly redact?: readonly string[] | false | undefined;
  /** Lines a second below `warn`, and as many again from `warn` on. Default 1000. */
  readonly linesPerSecond?: number | undefined;
}

/** Settings of a service that answers calls. */
export interface ServiceOptions extends CommonOptions {
  /**
   * `schema.binpb` beside the generated code, for the shapes of requests and responses in the registry. Read once, at
   * start; a missing file fails the start.
   */
  readonly schema?: URL | string | undefined;
  /** Answer gRPC's health checks (`grpc.health.v1.Health`). Default true. Flag `--server_health=off`. */
  readonly health?: boolean | undefined;
  /**
   * Tell tools such as grpcurl the services and their schema (`grpc.reflection.v1` and `v1alpha`). Default true. Flag
   * `--server_reflection=off`.
   */
  readonly reflection?: boolean | undefined;
  /**
   * Tell the last lines of the log and the last calls, and let the level of the log be set, to whoever may call the
   * service (`Debug.Log`, `Debug.Trace`, `Debug.Level`). Default true. Flag `--server_debug=off`.
   */
  readonly debug?: boolean | undefined;
  /** Count calls, and tell Prometheus at `/metrics` of the service's port. Default true. Flag `--server_metrics=off`. */
  readonly metrics?: boolean | undefined;
  /** Which web pages of other origins may call from their users' browsers. Default: none. See docs/wires.md. */
  readonly cors?: CorsOptions | undefined;
  /** How long a request may take to arrive; streams of requests may take longer. Default 60000. */
  readonly requestArrivalTimeoutMs?: number | undefined;
  /**
   * How long the answer of a gRPC call may wait without its caller taking any of it; then the call is cancelled. 0 is
   * for ever. Default 60000.
   */
  readonly stallTimeoutMs?: number | undefined;
  /** Calls worked on at once, of all kinds; further ones are refused with 503 and a hint when to come again. Default 10000. */
  readonly maxConcurrentCalls?: number | undefined;
  /** Longest a unary handler may work, whatever deadline its caller sets or leaves out. Default 600000. */
  readonly maxHandlerMs?: number | undefined;
  /** How long a handler whose caller left may ignore its signal and keep its place. Default 60000. */
  readonly abandonedHandlerMs?: number | undefined;
  /** An instance, or `grpc` (default). Flag `--server`. */
  readonly server?: Server | string | undefined;
  /** First listed is outermost. */
  readonly serverInterceptors?: readonly ServerInterceptor[] | undefined;
}

/** Options of whatever kind of service: what flags and environment are read into. */
export type AnyServiceOptions = CommonOptions &
  Partial<Pick<ServiceOptions, "server" | "health" | "reflection" | "debug" | "metrics">>;

/** What services of every kind have in common: identity, life, and the means to call others. */
export interface RunningService {
  readonly name: string;
  readonly version: string;
  /** Node id on the registry. */
  readonly id: string;
  /** `host:port` others are told; undefined before `start`. */
  readonly address: string | undefined;
  readonly client: Client;
  /** For lines of your own; they tell the call they are written in. */
  readonly log: Log;
  readonly registry: Registry;
  readonly broker: Broker;
  /**
   * Connects, listens, registers. Rejects with ConfigurationError for options that make no sense (all of them named),
   * with MicroError 503 when registry or broker cannot be reached; nothing is left open then.
   */
  start(): Promise<void>;
  /**
   * Leaves the registry, waits `drainDelayMs`, lets running calls finish within `graceMs`, closes everything. Doing it
   * again, or before `start`, is fine.
   */
  stop(): Promise<void>;
  /**
   * For a program whose life is this service: starts, prints one line, and on SIGTERM or SIGINT stops and exits with
   * 0; a second signal exits with 1 at once. A failed start is one line and exit code 1, a bad option 2.
   */
  run(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A running part of the system: takes calls under a name, calls others, publishes and subscribes. */
export interface Service extends RunningService {
  readonly server: Server;
}
