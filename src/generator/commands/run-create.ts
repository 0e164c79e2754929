import { applyPlan, changesOf, type Plan, withLock } from "../project/index.ts";
import {
  initRepository,
  installDependencies,
  type MadeProject,
  planProject,
  ScaffoldError,
} from "../scaffold/index.ts";
import { SchemaError } from "../schema/index.ts";
import { type CreateRequest, missingAnswers, toRequest } from "./create-answers.ts";
import type { CreateOptions } from "./create-options.ts";
import { type Outcome, printOutcome } from "./create-outcome.ts";
import { ExitCode } from "./exit-codes.ts";
import { locateIn } from "./locate-schema-file.ts";
import { reportSchemaError } from "./print-diagnostics.ts";
import { pathsFrom, printLines } from "./print-plan.ts";
import type { CommandContext } from "./run.ts";
import { printable } from "./terminal.ts";
import { readToolVersion } from "./tool-version.ts";

/** What `create` does once the command line is read. Throws ScaffoldError, ProjectError or OutputPathError to refuse. */
export async function runCreate(options: CreateOptions, context: CommandContext): Promise<number> {
  return run(await complete(options, context), context);
}

type Complete = CreateOptions & { readonly dir: string };

/** The options with every answer there: asked for where somebody can be asked. */
async function complete(options: CreateOptions, context: CommandContext): Promise<Complete> {
  if (canAsk(options, context)) {
    const { askMissing } = await import("./create-prompts.ts");
    return askMissing(options, context.cwd);
  }
  const missing = missingAnswers(options, context);
  if (missing !== undefined) throw missing;
  return options as Complete;
}

function canAsk(options: CreateOptions, { terminal }: CommandContext): boolean {
  return terminal.interactive && options.interactive && options.yes !== true && options.json !== true;
}

async function run(options: Complete, context: CommandContext): Promise<number> {
  const { terminal, signal } = context;
  const request = toRequest(options, context);
  for (const note of request.notes) terminal.err.line(printable(note));

  const made = await planOrReport(options, request, context);
  if (typeof made === "number") return made;
  signal.throwIfAborted();

  const { plan } = made;
  const writes = changesOf(plan).length > 0 || plan.manifestChanged;
  if (options.dryRun || !writes) {
    if (!options.json) printLines(terminal.out, plan, { show: pathsFrom(plan, context.cwd), verbose: false });
    printOutcome({ made, request, options, applied: false }, context);
    return ExitCode.ok;
  }

  await apply(plan, context);
  if (!options.json) printLines(terminal.err, plan, { show: pathsFrom(plan, context.cwd), verbose: false });
  const outcome: Outcome = {
    made,
    request,
    options,
    applied: true,
    ...(options.git && { git: await initRepository(plan.root, signal) }),
    ...(options.install && { install: await install(plan, request, context) }),
  };
  printOutcome(outcome, context);
  return outcome.install?.ok === false ? ExitCode.stepFailed : ExitCode.ok;
}

/** Under the lock, because a micro-gen may be at work in a folder that is a project already. */
async function apply(plan: Plan, { terminal, signal }: CommandContext): Promise<void> {
  const onWait = (owner: string) => terminal.err.line(`Waiting for another run (process ${owner}) ...`);
  await withLock(plan.root, () => applyPlan(plan, { signal }), { signal, onWait });
}

/** The plan, or the exit code when it must not be carried out and its reader knows why. */
async function planOrReport(
  options: Complete,
  request: CreateRequest,
  context: CommandContext,
): Promise<MadeProject | number> {
  const { answers, root, shown, proto } = request;
  let existing: "refuse" | "merge" | "overwrite" = options.overwrite
    ? "overwrite"
    : options.merge
      ? "merge"
      : "refuse";
  let protoRoot = root;
  const plan = () =>
    planProject({
      answers,
      root,
      shown,
      proto,
      version: readToolVersion(),
      existing,
      onProtos: (source) => {
        protoRoot = source.root;
      },
    });
  try {
    let made = await plan();
    if (existing === "refuse" && canAsk(options, context) && isInTheWay(made)) {
      const { askAboutExisting } = await import("./create-prompts.ts");
      context.terminal.err.line(whatIsInTheWay(made, shown));
      const choice = await askAboutExisting("What shall happen?");
      if (choice === "cancel") return ExitCode.conflict;
      existing = choice;
      made = await plan();
    }
    if (made.conflicts.length > 0 || (existing === "refuse" && isInTheWay(made))) {
      throw new ScaffoldError("conflict", `${whatIsInTheWay(made, shown)}\n${advice(made)}`);
    }
    return made;
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    reportSchemaError(context.terminal, error, locateIn([protoRoot], context.cwd));
    return ExitCode.invalidSchema;
  }
}

function isInTheWay({ conflicts, foreign }: MadeProject): boolean {
  return conflicts.length > 0 || foreign.length > 0;
}

function whatIsInTheWay({ conflicts, foreign }: MadeProject, shown: string): string {
  if (conflicts.length === 0) {
    const some = foreign.slice(0, 5).join(", ") + (foreign.length > 5 ? ", ..." : "");
    return `The folder ${shown} is not empty: it holds ${some}. None of our files has the name of one of them.`;
  }
  const lines = conflicts.slice(0, 20).map((path) => `  ${path}`);
  if (conflicts.length > 20) lines.push(`  and ${conflicts.length - 20} more`);
  return `The folder ${shown} already has ${conflicts.length === 1 ? "this file" : "these files"} with other content:\n${lines.join("\n")}`;
}

function advice({ conflicts }: MadeProject): string {
  return conflicts.length === 0
    ? "Nothing was written. Choose another folder, or add --merge to make the project beside them."
    : "Nothing was written. Choose another folder, or add --merge to keep yours, or --overwrite to replace them.";
}

async function install(plan: Plan, { answers }: CreateRequest, { terminal, signal }: CommandContext) {
  terminal.err.line(`Installing with ${answers.packageManager} ...`);
  return installDependencies(plan.root, answers.packageManager, signal);
}
