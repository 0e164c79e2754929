import { type Command, Option } from "commander";

/** Flags of the runtime that matter to a program that calls services; their variables are `MICRO_<NAME>`. */
const RUNTIME_FLAGS: readonly (readonly [flag: string, value: string, text: string])[] = [
  ["registry", "name", "where services are found: mdns (default), etcd, kubernetes, nats, memory"],
  ["registry_address", "addresses", "where the registry is, comma-separated"],
  ["broker", "name", "what carries events: http (default), nats, memory"],
  ["broker_address", "address", "where the broker is"],
  [
    "selector",
    "strategy",
    "how a node is picked: leastloaded (default; also cache, registry, default), random, roundrobin",
  ],
  ["transport", "name", "how nodes are reached: tcp (default; also grpc, http), memory"],
  ["client", "protocol", "protocol to prefer: grpc (default), connect, grpc-web, json, mucp (also rpc)"],
  ["client_request_timeout", "duration", "time for a call, 5s"],
  ["client_retries", "count", "attempts after the first"],
  ["client_pool_size", "count", "idle connections kept per node"],
  ["client_pool_ttl", "duration", "how long an idle connection is kept"],
  ["client_http_version", "version", "HTTP under connect, grpc-web and json: 1.1, 2"],
  ["client_compression", "name", "how requests are compressed: identity (default), gzip, br, zstd"],
  ["client_tls_ca_file", "file", "call over TLS; the authority of the services' certificates"],
  ["client_tls_cert_file", "file", "certificate to show to services"],
  ["client_tls_key_file", "file", "its private key"],
];

/** On when it stands alone; never takes the next word, which may be the command. */
const SWITCH = "client_tls_insecure_skip_verify";
const SWITCH_TEXT = "believe any certificate; for trials only";

/** Adds them to the program: commander then takes them before and behind the subcommand. */
export function addRuntimeFlags(program: Command): void {
  for (const [flag, value, text] of RUNTIME_FLAGS) {
    program.addOption(optionOf(flag, `<${value}>`, text));
  }
  program.addOption(optionOf(SWITCH, "[bool]", SWITCH_TEXT));
}

function optionOf(flag: string, value: string, text: string): Option {
  return new Option(`--${flag} ${value}`, `${text} (env: MICRO_${flag.toUpperCase()})`);
}

/**
 * The arguments with a value at every switch: commander gives the next word to an option whose value may be left out,
 * and `micro --client_tls_insecure_skip_verify call ...` would call nothing.
 */
export function withSwitchValues(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  const own = end < 0 ? args : args.slice(0, end);
  const isValue = (word: string | undefined) => word === "true" || word === "false";
  const isSwitch = (word: string | undefined) => word === `--${SWITCH}`;
  const joined = own.flatMap((word, index) => {
    if (isSwitch(word)) return [`${word}=${isValue(own[index + 1]) ? own[index + 1] : "true"}`];
    return isValue(word) && isSwitch(own[index - 1]) ? [] : [word];
  });
  return [...joined, ...args.slice(own.length)];
}

/** Of a service that listens; for `micro api` and `micro web` they mean the listener in front, not the calls behind it. */
const LISTENER_VARIABLES = ["MICRO_TLS_CERT_FILE", "MICRO_TLS_KEY_FILE", "MICRO_TLS_CLIENT_CA_FILE"];

/** The environment as a program that only calls reads it. */
export function runtimeEnv(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !LISTENER_VARIABLES.includes(name)));
}

/** The flags that were given, as the runtime reads them: `["--registry=etcd"]`. */
export function runtimeArgs(options: Readonly<Record<string, unknown>>): string[] {
  return [...RUNTIME_FLAGS.map(([flag]) => flag), SWITCH].flatMap((flag) => {
    const value = options[flag];
    return typeof value === "string" ? [`--${flag}=${value}`] : [];
  });
}
