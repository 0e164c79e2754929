import {
  changesOf,
  conflictsOf,
  type Generation,
  type Plan,
  type PlanOverview,
  type Recalled,
} from "../project/index.ts";
import type { Verdict } from "./breaking-gate.ts";
import type { ClientState } from "./check-clients.ts";
import { ExitCode } from "./exit-codes.ts";
import { locateIn } from "./locate-schema-file.ts";
import type { MicroGenOptions } from "./micro-gen-options.ts";
import { diagnosticData, printWarnings } from "./print-diagnostics.ts";
import {
  nothingWritten,
  pathsFrom,
  printDiffs,
  printLines,
  printNotes,
  reportOf,
  summaryOf,
} from "./print-plan.ts";
import type { CommandContext } from "./run.ts";
import { changeData, idleData, printChanges, printIdle } from "./tell-verdict.ts";

/** Whose plan is told, and how it was asked for. */
export interface ReportedRun {
  readonly context: CommandContext;
  readonly options: MicroGenOptions;
  readonly generation: Generation;
  /** How services behind pinned clients are; undefined: nobody asks. */
  readonly elsewhere?: (() => Promise<readonly ClientState[]>) | undefined;
}

/** Prints the plan in the form asked for, results to stdout, progress and errors to stderr, and answers with the exit code. */
export async function reportPlan(
  { plan, notes, warnings }: Recalled,
  run: ReportedRun,
  applied: boolean,
  verdict?: Verdict,
): Promise<number> {
  const { options, context } = run;
  const { out, err } = context.terminal;
  const conflicts = conflictsOf(plan).length;

  const locate = locateIn(run.generation.includePaths, context.cwd);
  if (options.json) {
    const data = await reportOf(plan, {
      cwd: context.cwd,
      applied,
      notes,
      warnings: warnings.map((one) => diagnosticData(one, locate)),
      ...(verdict?.against !== undefined && {
        against: verdict.against,
        changes: changeData(verdict, locate),
      }),
      ...(verdict !== undefined && idleData(verdict)),
      ...(run.elsewhere !== undefined && { clients: await run.elsewhere() }),
      diffs: options.diff === true,
    });
    out.line(JSON.stringify(data, undefined, 2));
  } else {
    if (!options.quiet) {
      printWarnings(err, warnings, locate);
      if (verdict !== undefined) {
        printChanges(err, verdict, locate);
        printIdle(err, verdict, run.generation.gate !== undefined);
      }
      await printPlan(plan, run);
    }
    printNotes(err, notes, { show: pathsFrom(plan, context.cwd), errorsOnly: options.quiet === true });
  }
  if (conflicts > 0) {
    err.line(`${err.paint.red("error:")} ${conflictMessage(conflicts, options)}`);
    return ExitCode.drift;
  }
  if (options.check && wouldChange(plan)) {
    err.line(
      `${err.paint.red("error:")} Generated code is not up to date; run micro-gen and commit the result.`,
    );
    return ExitCode.drift;
  }
  // Who watches wants to hear what changes.
  const isNews = options.watch !== true || wouldChange(plan);
  if (isNews && !options.quiet && !options.json && !options.diff) err.line(summaryOf(plan, applied));
  return notes.some(({ severity }) => severity === "error") ? ExitCode.drift : ExitCode.ok;
}

async function printPlan(plan: PlanOverview, { context, options }: ReportedRun): Promise<void> {
  const { out, err } = context.terminal;
  const show = pathsFrom(plan, context.cwd);
  if (options.diff) {
    await printDiffs(out, plan.files, show);
    return;
  }
  // A plan that was asked for is the result; of a plan that is carried out the lines are progress.
  const output = options.dryRun || options.check ? out : err;
  printLines(output, plan, { show, verbose: options.verbose === true });
  await printDiffs(output, conflictsOf(plan), show);
}

/** Something is in the way of a plan. */
export function isBlocked(plan: Plan): boolean {
  return conflictsOf(plan).length > 0;
}

/** There is something to do. */
export function wouldChange(plan: PlanOverview): boolean {
  return changesOf(plan).length > 0 || plan.manifestChanged;
}

function conflictMessage(count: number, options: MicroGenOptions): string {
  const what =
    count === 1
      ? "1 generated file is not as micro-gen left it"
      : `${count} generated files are not as micro-gen left them`;
  return `${what} (- on disk, + generated)${nothingWritten(options)}. Move your change elsewhere, list the path in .microgenignore, or overwrite with --force.`;
}
