import {
  address,
  advertised,
  duration,
  integer,
  metadata,
  onOff,
  plain,
  type Reader,
  skipVerify,
  tls,
} from "./setting-readers.ts";

/** One row per setting: its flag (`--registry_address`), whose upper case is its variable (`MICRO_REGISTRY_ADDRESS`). */
export interface Setting {
  readonly flag: string;
  /** For `--help`: what it means, the default in parentheses. */
  readonly text: string;
  readonly example: string;
  /** May be given several times; the values add up. */
  readonly repeatable?: boolean;
  readonly read: Reader;
}

/** go-micro's flags (`config/cmd/cmd.go`) that mean something here. */
export const SETTINGS: readonly Setting[] = [
  { flag: "server_name", text: "name on the registry", example: "go.micro.srv.greeter", read: plain("name") },
  {
    flag: "server_version",
    text: "version on the registry (latest)",
    example: "latest",
    read: plain("version"),
  },
  {
    flag: "server_id",
    text: "id of this node (name, dash, uuid)",
    example: "go.micro.srv.greeter-1",
    read: plain("id"),
  },
  {
    flag: "server_metadata",
    text: "key=value for the node; repeat the flag for more",
    example: "region=eu",
    repeatable: true,
    read: metadata,
  },
  {
    flag: "server_address",
    text: "host:port to listen on (:0, a free port of all interfaces)",
    example: ":8080",
    read: address("address", ":8080"),
  },
  {
    flag: "server_advertise",
    text: "host or host:port that others are told (what is bound)",
    example: "10.0.0.5:8080",
    read: advertised,
  },
  {
    flag: "server",
    text: "protocol to register as its own: grpc, mucp (grpc)",
    example: "grpc",
    read: plain("server"),
  },
  {
    flag: "server_health",
    text: "answer gRPC's health checks: on, off (on)",
    example: "off",
    read: onOff("health"),
  },
  {
    flag: "server_reflection",
    text: "tell gRPC tools services and schema: on, off (on)",
    example: "off",
    read: onOff("reflection"),
  },
  {
    flag: "server_debug",
    text: "tell log and last calls, and let the log level be set: on, off (on)",
    example: "off",
    read: onOff("debug"),
  },
  {
    flag: "server_metrics",
    text: "count calls and tell Prometheus at /metrics: on, off (on)",
    example: "off",
    read: onOff("metrics"),
  },
  {
    flag: "registry",
    text: "where services find each other: mdns, etcd, kubernetes, nats, memory (mdns)",
    example: "etcd",
    read: plain("registry"),
  },
  {
    flag: "registry_address",
    text: "where the registry is, comma-separated (its own)",
    example: "127.0.0.1:2379",
    read: plain("registryAddress"),
  },
  {
    flag: "register_ttl",
    text: "lifetime of the record, in seconds or like 1m30s (60)",
    example: "60",
    read: duration("registerTtlMs", "60", { bareSeconds: true, zero: true }),
  },
  {
    flag: "register_interval",
    text: "how often it is renewed (30)",
    example: "30",
    read: duration("registerIntervalMs", "30", { bareSeconds: true, zero: true }),
  },
  {
    flag: "register_uses",
    text: "tell which services are called: on, off (on)",
    example: "off",
    read: onOff("registerUses"),
  },
  {
    flag: "broker",
    text: "what carries events: http, nats, memory (http)",
    example: "http",
    read: plain("broker"),
  },
  {
    flag: "broker_address",
    text: "host:port where events arrive (127.0.0.1:0)",
    example: "127.0.0.1:0",
    read: plain("brokerAddress"),
  },
  {
    flag: "selector",
    text: "how a node is picked: leastloaded, random, roundrobin (leastloaded)",
    example: "roundrobin",
    read: plain("selector"),
  },
  {
    flag: "transport",
    text: "how nodes are reached: tcp, memory (tcp)",
    example: "tcp",
    read: plain("transport"),
  },
  {
    flag: "log_level",
    text: "least that is written: debug, info, warn, error (info)",
    example: "debug",
    read: plain("logLevel"),
  },
  {
    flag: "log_format",
    text: "how it looks: json, text, auto (auto: text at a terminal, else json)",
    example: "json",
    read: plain("logFormat"),
  },
  {
    flag: "tls_cert_file",
    text: "PEM file of the certificate to serve with; all wires speak TLS then",
    example: "/etc/tls/tls.crt",
    read: tls("tls", "certFile"),
  },
  {
    flag: "tls_key_file",
    text: "PEM file of its private key",
    example: "/etc/tls/tls.key",
    read: tls("tls", "keyFile"),
  },
  {
    flag: "tls_client_ca_file",
    text: "callers must show a certificate of these authorities (nobody is asked)",
    example: "/etc/tls/ca.crt",
    read: tls("tls", "clientCaFile"),
  },
  {
    flag: "client_tls_ca_file",
    text: "authorities of the services that are called (those Node knows)",
    example: "/etc/tls/ca.crt",
    read: tls("clientTls", "caFile"),
  },
  {
    flag: "client_tls_cert_file",
    text: "certificate to show to services (tls_cert_file)",
    example: "/etc/tls/tls.crt",
    read: tls("clientTls", "certFile"),
  },
  {
    flag: "client_tls_key_file",
    text: "its private key (tls_key_file)",
    example: "/etc/tls/tls.key",
    read: tls("clientTls", "keyFile"),
  },
  {
    flag: "client_tls_insecure_skip_verify",
    text: "true: believe any certificate of anybody; for trials only (false)",
    example: "true",
    read: skipVerify,
  },
  {
    flag: "client",
    text: "protocol to prefer: grpc, connect, grpc-web, json, mucp (grpc)",
    example: "grpc",
    read: plain("client"),
  },
  {
    flag: "client_request_timeout",
    text: "time for a call with all its attempts (5s)",
    example: "5s",
    read: duration("requestTimeoutMs", "5s"),
  },
  {
    flag: "client_retries",
    text: "attempts after the first (1)",
    example: "1",
    read: integer("retries", 0, 100, "1"),
  },
  {
    flag: "client_pool_size",
    text: "idle connections kept per node (100)",
    example: "10",
    read: integer("poolSize", 1, 65_535, "10"),
  },
  {
    flag: "client_pool_ttl",
    text: "how long an idle connection is kept (1m)",
    example: "1m",
    read: duration("poolTtlMs", "1m"),
  },
  {
    flag: "client_http_version",
    text: "HTTP under connect, grpc-web (2) and json (1.1) when calling: 1.1, 2",
    example: "1.1",
    read: plain("clientHttpVersion"),
  },
  {
    flag: "client_compression",
    text: "how requests are compressed: identity, gzip, br, zstd (identity)",
    example: "gzip",
    read: plain("clientCompression"),
  },
];
