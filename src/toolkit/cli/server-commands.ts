import { type Command, Option } from "commander";
import type { Connect } from "./connect.ts";
import type { Terminal } from "./terminal.ts";

export interface ServerCommandsOptions {
  readonly terminal: Terminal;
  readonly connect: Connect;
  readonly version: string;
}

/** Flags of micro itself that set a server's address and names: `micro --api_namespace com.example.api api`. */
const SERVER_FLAGS: readonly (readonly [flag: string, text: string])[] = [
  ["api_address", "where micro api listens, in micro run too"],
  ["api_namespace", "what micro api serves"],
  ["api_handler", "how micro api calls"],
  ["web_address", "where micro web listens, in micro run too"],
  ["web_namespace", "what micro web serves"],
];

/** `micro api`, `micro web` and `micro run`. */
export function addServerCommands(
  program: Command,
  { terminal, connect, version }: ServerCommandsOptions,
): void {
  for (const [flag, text] of SERVER_FLAGS) {
    program.addOption(new Option(`--${flag} <value>`, text).env(`MICRO_${flag.toUpperCase()}`));
  }
  const api = program
    .command("api")
    .description("HTTP gateway: /greeter/hello is Greeter.Hello of <namespace>.greeter")
    .option("--address <host:port>", "default 127.0.0.1:8080; :8080 is every interface")
    .option("--namespace <name>", "what service names begin with; default go.micro.api")
    .option("--handler <name>", "meta (default): by endpoint metadata, then by path; rpc, api: by path")
    .option("--enable_rpc", "serve POST /rpc, which reaches every service (env: MICRO_API_ENABLE_RPC)")
    .option("--enable_cors", "let web pages of any origin call (env: MICRO_API_ENABLE_CORS)")
    .addOption(
      fromEnvironment(
        "--cors_origins <origins>",
        "let web pages of these origins call",
        "MICRO_API_CORS_ORIGINS",
      ),
    )
    .option("--timeout <duration>", "time for a call", "5s")
    .option("--max_body_bytes <bytes>", "largest request body", String(4 * 1024 * 1024));
  addEdgeFlags(api, "MICRO_API").action(async (_options, command: Command) => {
    const { api: run } = await import("./commands/api.ts");
    await run(command.optsWithGlobals(), version, terminal, connect);
  });

  const web = program
    .command("web")
    .description("reverse proxy: /greeter/... is /... of the web service <namespace>.greeter")
    .option("--address <host:port>", "default 127.0.0.1:8082; :8082 is every interface")
    .option("--namespace <name>", "what service names begin with; default go.micro.web")
    .addOption(
      fromEnvironment(
        "--allowed_origins <origins>",
        "origins whose pages may open WebSockets",
        "MICRO_WEB_ALLOWED_ORIGINS",
      ),
    );
  addEdgeFlags(web, "MICRO_WEB").action(async (_options, command: Command) => {
    const { web: run } = await import("./commands/web.ts");
    await run(command.optsWithGlobals(), terminal, connect);
  });

  program
    .command("run [dir]")
    .description("build, start and watch the services of micro.json, with gateway and web proxy")
    .option("--once", "stop as soon as everything is up; exit code 1 when it does not come up")
    .action(async (dir: string | undefined, _options, command: Command) => {
      const { run } = await import("./commands/run.ts");
      await run(dir ?? ".", command.optsWithGlobals(), version, terminal, connect);
    });
}

function addEdgeFlags(command: Command, prefix: string): Command {
  return command
    .addOption(
      fromEnvironment(
        "--allowed_hosts <hosts>",
        "host names answered besides localhost",
        `${prefix}_ALLOWED_HOSTS`,
      ),
    )
    .option("--enable_tls", `serve HTTPS; needs certificate and key (env: ${prefix}_ENABLE_TLS)`)
    .addOption(
      fromEnvironment("--tls_cert_file <file>", "PEM file of the certificate", "MICRO_TLS_CERT_FILE"),
    )
    .addOption(fromEnvironment("--tls_key_file <file>", "PEM file of its private key", "MICRO_TLS_KEY_FILE"))
    .addOption(
      fromEnvironment(
        "--tls_client_ca_file <file>",
        "clients must show a certificate of this authority",
        "MICRO_TLS_CLIENT_CA_FILE",
      ),
    )
    .option("--trust_forwarded", "believe X-Forwarded-* of clients: only behind a proxy")
    .option("--no-access_log", "print no line per request");
}

function fromEnvironment(flags: string, text: string, variable: string): Option {
  return new Option(flags, text).env(variable);
}
