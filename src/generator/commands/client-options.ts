import { createCommand } from "./create-command.ts";
import { CommandError, ExitCode } from "./exit-codes.ts";
import type { CommandContext } from "./run.ts";

/** What the user asked `micro-gen client` for. */
export interface ClientOptions {
  /** As typed. */
  readonly from?: string;
  /** As typed. */
  readonly out?: string;
  /** `greeter.Greeter`, `greeter.Greeter/Hello`. */
  readonly only?: readonly string[];
  readonly remove?: boolean;
  readonly check?: boolean;
  readonly online?: boolean;
  readonly registry?: string;
  readonly registryAddress?: string;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly importExtension?: "ts" | "js";
  readonly dryRun?: boolean;
  readonly diff?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

const examples = `
Examples:
  micro-gen client --from registry:go.micro.srv.greeter
  micro-gen client --from grpc://127.0.0.1:50051 --only shop.Orders/Place
  micro-gen client --from build/shop.binpb --out src/clients/shop
  micro-gen client                  all pinned clients: take what their services have now
  micro-gen client --check          exit 4 when a service has moved on
  micro-gen client src/clients/shop --remove

Exit codes: 0 done or nothing to do, 1 the service cannot be asked, 2 usage, 4 edited files or a service that
moved on, 6 invalid schema, 130 interrupted.`;

/** Reads the command line behind `client`; prints help or a usage error itself, as an exception `runCommand` maps. */
export function readClientOptions({ argv, terminal }: CommandContext): {
  readonly folders: readonly string[];
  readonly options: ClientOptions;
} {
  const command = createCommand("micro-gen client", terminal)
    .description(
      "Makes a typed client of a service that runs elsewhere, and tells when that service moves on.",
    )
    .argument("[folder...]", "pinned clients; without any: all of the project")
    .option("--from <source>", "registry:NAME, grpc://host:port, grpcs://host:port, or a descriptor set")
    .option("-o, --out <folder>", "folder for the code; without one src/clients/NAME")
    .option("--only <service[/Method]>", "not everything the service has; may be repeated", collect)
    .option("--check", "write nothing; exit 4 when a service is not as it was pinned")
    .option("--online", "with --check: a service that cannot be asked is a failure, too")
    .option("--remove", "take the named clients away")
    .option("--registry <name>", "registry to ask, as MICRO_REGISTRY says")
    .option("--registry-address <address>", "where it is, as MICRO_REGISTRY_ADDRESS says")
    .option("--timeout <seconds>", "how long a service may take to tell its schema; 10", toMilliseconds)
    .option("-n, --dry-run", "show what would be done, write nothing")
    .option("--diff", "show what would change as unified diffs, write nothing")
    .option("-f, --force", "overwrite generated files that were edited")
    .option("--json", "print the result as JSON")
    .option("-q, --quiet", "print errors only")
    .option("--verbose", "also list what stays as it is")
    .addHelpText("after", examples)
    .parse(argv, { from: "user" });
  return { folders: command.args, options: command.opts<ClientOptions>() };
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function toMilliseconds(text: string): number {
  const seconds = Number(text);
  if (/^\d{1,4}(\.\d+)?$/.test(text) && seconds > 0 && seconds <= 600) return seconds * 1_000;
  throw new CommandError(ExitCode.usage, `--timeout ${text}: give seconds from 0.1 to 600.`);
}
