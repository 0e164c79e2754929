import { Option } from "commander";
import type { Int64Type } from "../emit/emit.ts";
import { type Compatibility, compatibilities } from "../project/micro-json.ts";
import { createCommand } from "./create-command.ts";
import type { CommandContext } from "./run.ts";

/** What the user asked micro-gen for. */
export interface MicroGenOptions {
  /** As typed; undefined when not given. */
  readonly out?: string;
  /** As typed; undefined when not given. */
  readonly protoPath?: readonly string[];
  /** As typed; undefined when not given. */
  readonly descriptorSetIn?: string;
  readonly importExtension?: "ts" | "js";
  readonly int64?: Int64Type;
  /** `Old=New`, as typed. */
  readonly rename?: readonly string[];
  readonly dryRun?: boolean;
  readonly diff?: boolean;
  readonly check?: boolean;
  /** As typed; undefined when not given. */
  readonly against?: string;
  readonly compatibility?: Compatibility;
  /** `rule name`, as typed. */
  readonly allow?: readonly string[];
  readonly againstFleet?: boolean;
  readonly offline?: boolean;
  readonly online?: boolean;
  readonly registry?: string;
  readonly registryAddress?: string;
  readonly watch?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
}

const examples = `
Examples:
  micro-gen                          all schemas of the project, as micro.json says
  micro-gen proto/greeter.proto      after a change of this schema
  micro-gen --watch                  whenever a schema is saved
  micro-gen --check                  in CI: exit 4 when generated code is not up to date
  micro-gen api.proto --out src/gen  without a project
  micro-gen add rpc Greeter.Goodbye  edits the schema, too; see micro-gen add --help
  micro-gen destroy rpc Goodbye      takes away what add wrote

Exit codes: 0 done or nothing to do, 1 unexpected, 2 usage, 3 something is in the way,
4 edited or outdated files, 6 invalid schema, 7 a breaking change, 130 interrupted.`;

/** Reads the command line; prints help or a usage error itself, as an exception `runCommand` maps. */
export function readMicroGenOptions({ argv, terminal }: CommandContext): {
  readonly paths: readonly string[];
  readonly options: MicroGenOptions;
} {
  const command = createCommand("micro-gen", terminal)
    .description("Generates TypeScript from .proto files, and keeps it in step with them.")
    .argument("[proto...]", "files or folders; without any: what micro.json says")
    .option("-o, --out <folder>", "folder for the code, whatever micro.json says; without one src/gen")
    .option("-I, --proto-path <folder>", "folder import paths start from; may be repeated", collect)
    .option("--descriptor-set-in <file>", "read schemas from what protoc or buf compiled, not from texts")
    .addOption(
      new Option("--import-extension <ext>", "extension of relative imports; ts when not given").choices([
        "ts",
        "js",
      ]),
    )
    .addOption(
      new Option("--int64 <type>", "what 64-bit integers are; bigint when not given").choices([
        "bigint",
        "string",
        "number",
      ]),
    )
    .option(
      "--rename <old=new>",
      "an rpc, message, enum or service has a new name: follow it in your code",
      collect,
    )
    .option("-n, --dry-run", "show what would be done, write nothing")
    .option("--diff", "show what would change as unified diffs, write nothing")
    .option("--check", "write nothing; exit 4 when anything would change, or a client's service has")
    .option(
      "--against <what>",
      "compare with a git revision, a folder, a descriptor set or a running service; exit 7 when it breaks",
    )
    .addOption(
      new Option("--compatibility <level>", "what changes must not break; json when not given").choices(
        compatibilities,
      ),
    )
    .option("--allow <change>", "a breaking change that is made all the same; may be repeated", collect)
    .option("--against-fleet", "compare with what runs; exit 7 only when somebody who runs would break")
    .option("--offline", "with --check: ask no service")
    .option("--online", "with --check: a service that cannot be asked is a failure, too")
    .option("--registry <name>", "registry to ask, as MICRO_REGISTRY says")
    .option("--registry-address <address>", "where it is, as MICRO_REGISTRY_ADDRESS says")
    .addOption(
      new Option("-w, --watch", "run again whenever a schema changes; never asks").conflicts([
        "check",
        "dryRun",
        "diff",
        "json",
        "rename",
        "descriptorSetIn",
      ]),
    )
    .option("-f, --force", "overwrite generated files that were edited")
    .option("--json", "print the plan as JSON")
    .option("-q, --quiet", "print errors only")
    .option("--verbose", "also list what stays as it is")
    .addHelpText("after", examples)
    .parse(argv, { from: "user" });
  return { paths: command.args, options: command.opts<MicroGenOptions>() };
}

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
