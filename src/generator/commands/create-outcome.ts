import { relative, sep } from "node:path";
import {
  type GitOutcome,
  type InstallOutcome,
  type MadeProject,
  nextSteps,
  servicePlaces,
} from "../scaffold/index.ts";
import type { CreateRequest } from "./create-answers.ts";
import type { CreateOptions } from "./create-options.ts";
import { countActions, summaryOf } from "./print-plan.ts";
import type { CommandContext } from "./run.ts";
import { printable } from "./terminal.ts";

/** What one run did. */
export interface Outcome {
  readonly made: MadeProject;
  readonly request: CreateRequest;
  readonly options: CreateOptions;
  /** False for a dry run, and when there was nothing to do. */
  readonly applied: boolean;
  /** Undefined: not asked for. */
  readonly git?: GitOutcome;
  readonly install?: InstallOutcome;
}

/** Tells what was made and what to do next: for people, or with --json for programs. */
export function printOutcome(outcome: Outcome, context: CommandContext): void {
  if (outcome.options.json) printJson(outcome, context);
  else printText(outcome, context);
}

function printText(
  { made, request, options, applied, git, install }: Outcome,
  context: CommandContext,
): void {
  const { out, err } = context.terminal;
  const { answers } = request;
  if (options.dryRun) {
    err.line(summaryOf(made.plan, false));
    return;
  }
  for (const path of made.kept) err.line(`${path} was there before us and stays as it is.`);
  if (!applied) {
    out.line(`Nothing to do: ${printable(request.shown)} holds this project already.`);
    return;
  }
  if (git === "inside-repository") err.line("No git repository made: the folder is inside of one.");
  if (git === "failed") err.line("git init failed; the project is there all the same.");
  if (install?.ok === false) {
    err.line(
      `${err.paint.red("error:")} ${answers.packageManager} install failed: ${install.reason}. The project stays.`,
    );
    if (install.output.trim() !== "") err.line(printable(install.output));
  }

  const folder = relative(context.cwd, made.plan.root).split(sep).join("/");
  const names = servicePlaces(answers).map(({ name }) => name);
  const steps = nextSteps(made, folder, install?.ok === true);
  const place = printable(folder === "" ? "this folder" : folder);
  out.line();
  if (install?.ok === false) {
    out.line(
      `${out.paint.bold(`${names.join(", ")} cannot run yet`)}: installing failed. The files are in ${place}; go on with`,
    );
  } else {
    out.line(`${out.paint.bold(`Made ${names.join(", ")}`)} in ${place}.`);
  }
  out.line();
  for (const command of steps.start) out.line(`  ${out.paint.cyan(printable(command))}`);
  if (steps.try.length > 0) {
    out.line();
    const needs = steps.needs === undefined ? "" : ` with ${steps.needs} beside it`;
    out.line(`While it runs${needs}, from another terminal in the same folder:`);
    out.line();
    for (const command of steps.try) out.line(`  ${out.paint.cyan(printable(command))}`);
  }
  out.line();
  out.line("README.md tells the rest.");
}

function printJson(
  { made, request, options, applied, git, install }: Outcome,
  context: CommandContext,
): void {
  const folder = relative(context.cwd, made.plan.root).split(sep).join("/");
  const { answers } = request;
  const report = {
    schemaVersion: 1,
    root: folder === "" ? "." : folder,
    applied,
    dryRun: options.dryRun === true,
    services: servicePlaces(answers),
    packageManager: answers.packageManager,
    files: made.plan.files.map(({ path, action, class: owner }) => ({ path, action, class: owner })),
    summary: countActions(made.plan),
    kept: made.kept,
    ...(git !== undefined && { git }),
    ...(install !== undefined && { install: install.ok ? "done" : install.reason }),
    next: nextSteps(made, folder, install?.ok === true),
  };
  context.terminal.out.line(JSON.stringify(report, undefined, 2));
}
