import { Option } from "commander";
import { serviceTypes } from "../project/micro-json.ts";
import { PACKAGE_MANAGERS, RUNTIME_SOURCES } from "../scaffold/answers.ts";
import { createCommand } from "./create-command.ts";
import type { CommandContext } from "./run.ts";

/** The command line of create-micro-service, as typed: nothing is checked against other answers yet. */
export interface CreateOptions {
  readonly dir: string | undefined;
  readonly type?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly fqdn?: string;
  readonly proto?: string;
  readonly packageManager?: string;
  readonly runtime: string;
  readonly install: boolean;
  readonly git: boolean;
  readonly merge?: boolean;
  readonly overwrite?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly interactive: boolean;
  readonly json?: boolean;
}

const examples = `
Examples:
  create-micro-service greeter                                asks what it needs to know
  create-micro-service greeter --type srv --yes               a service to start from
  create-micro-service shop --type srv,api,web --proto shop.proto --namespace com.example --yes
  create-micro-service . --type api --proto ../protos         in this folder, for all schemas of that one

Exit codes: 0 done or nothing to do, 1 unexpected, 2 usage or missing answer, 3 the folder is in the way,
5 installing failed (the project is there), 6 invalid schema, 130 interrupted.`;

/** Reads the command line; prints help or a usage error itself, as an exception `runCommand` maps. */
export function readCreateOptions({ argv, terminal }: CommandContext): CreateOptions {
  const command = createCommand("create-micro-service", terminal)
    .description("Makes a TypeScript microservice, or a workspace of several, from your .proto.")
    .argument("[dir]", "folder of the project; `.` for this one")
    .optionsGroup("What to make:")
    .option("-t, --type <types>", `${serviceTypes.join(", ")}, or several with commas (default: srv)`)
    .option("-p, --proto <path>", "your .proto file, or a folder of them (default: a greeter to start from)")
    .option("-n, --name <name>", "short name of the service (default: the folder's)")
    .option("--namespace <namespace>", "what full names start with (default: go.micro)")
    .option("--fqdn <name>", "full name, for a single type (default: <namespace>.<type>.<name>)")
    .optionsGroup("How to make it:")
    .addOption(
      new Option(
        "--package-manager <name>",
        "who installs (default: the one running this, or the one of the nearest lock file, or npm)",
      ).choices(PACKAGE_MANAGERS),
    )
    .addOption(
      new Option("--runtime <source>", "where our packages come from")
        .choices(RUNTIME_SOURCES)
        .default("packed"),
    )
    .option("--no-install", "do not install dependencies")
    .option("--no-git", "do not make a git repository")
    .addOption(
      new Option("--merge", "into a folder with other files: keep them, add what is missing").conflicts(
        "overwrite",
      ),
    )
    .option("--overwrite", "into a folder with other files: replace those of the same name")
    .option("--dry-run", "show what would be written, write nothing")
    .option("-y, --yes", "take the default for every answer that is not given")
    .option("--no-interactive", "never ask")
    .option("--json", "print the result as JSON")
    .addHelpText("after", examples)
    .parse(argv, { from: "user" });
  return { dir: command.args[0], ...command.opts<Omit<CreateOptions, "dir">>() };
}
