import type { Rename } from "../merge/index.ts";
import {
  applyPlan,
  changesOf,
  conflictsOf,
  type FittedHandlers,
  fitHandlers,
  type Generated,
  type Generation,
  type Generator,
  generate,
  makePlan,
  openRunMemory,
  type Plan,
  PlanOutdatedError,
  type PlanOverview,
  type Recalled,
  type RunMemory,
  readManifest,
  readRecords,
  withLock,
} from "../project/index.ts";
import { type Diagnostic, SchemaError } from "../schema/diagnostic.ts";
import { type AskRename, askRename, decideRenames } from "./decide-renames.ts";
import { ExitCode } from "./exit-codes.ts";
import { locateIn } from "./locate-schema-file.ts";
import { type MicroGenOptions, readMicroGenOptions } from "./micro-gen-options.ts";
import { chooseGeneration } from "./micro-gen-target.ts";
import { diagnosticData, printWarnings, reportSchemaError } from "./print-diagnostics.ts";
import { prefixOf, printDiffs, printLines, printNotes, reportOf, summaryOf } from "./print-plan.ts";
import { createProgress, type Progress } from "./progress.ts";
import type { CommandContext } from "./run.ts";
import { handlerStarter } from "./start-handler.ts";

/**
 * `micro-gen [proto...]`: brings generated code in step with its schemas. docs/micro-gen.md tells all of it.
 *
 * @param generator the rooms that turn schemas into code; tests bring their own
 * @param ask how to ask about names; tests answer themselves
 */
export async function microGen(
  context: CommandContext,
  generator?: Generator,
  ask: AskRename = askRename,
): Promise<number> {
  const { paths, options } = readMicroGenOptions(context);
  const generation = await chooseGeneration(paths, options, context.cwd);
  const { err } = context.terminal;
  const silent = options.quiet === true || options.json === true;
  const progress = createProgress(err, { shown: !silent && (err.isTerminal || options.verbose === true) });
  try {
    // Who forces or renames wants the work done; a printer of somebody else's is not known here.
    const remembers = generator === undefined && !options.force && options.rename === undefined;
    const memory = remembers ? await openRunMemory(generation) : undefined;
    const run = { context, options, generation, progress, ask, memory };
    const recalled = memory?.recall();
    if (recalled !== undefined) return await report(recalled, run, isWriting(options));
    return await generateInto(run, generator);
  } finally {
    progress.end();
  }
}

async function generateInto({ ask, ...given }: RunGiven, generator: Generator | undefined): Promise<number> {
  const { context, options, generation, progress } = given;
  let generated: Generated;
  try {
    generated = await generate(generation, generator, progress.step);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    reportSchemaError(context.terminal, error, locateIn(generation.includePaths, context.cwd));
    return ExitCode.invalidSchema;
  }

  const writes = isWriting(options);
  const asks = context.terminal.interactive && writes && !options.quiet && !options.json;
  const renames = await decideRenames(generation, generated, options.rename ?? [], asks ? ask : undefined);
  const run: Run = { ...given, renames };

  progress.step("Comparing with the files on disk");
  const planned = await planOf(generated, run);
  const { plan } = planned;
  const isUpToDate = !(isBlocked(plan) || wouldChange(plan));
  if (writes && isUpToDate) run.memory?.keep(plan, generated.schema, planned.notes);
  if (!writes || isUpToDate) return report(planned, run, writes);

  return withLock(
    generation.root,
    async () => {
      const done = await applyUnderLock(planned, generated, run);
      if (done.applied) run.memory?.keep(done.planned.plan, generated.schema, done.planned.notes);
      return report(done.planned, run, done.applied);
    },
    {
      signal: context.signal,
      onWait: (owner) => {
        if (!options.quiet) context.terminal.err.line(`Waiting for another run (process ${owner}) ...`);
      },
    },
  );
}

/**
 * Another run may have written between plan and lock, and what looks edited may be half of its work: where anything is
 * not as it was, the plan is made anew.
 */
async function applyUnderLock(
  before: Planned,
  generated: Generated,
  run: Run,
): Promise<{ readonly planned: Planned; readonly applied: boolean }> {
  const { context, generation, progress } = run;
  const isFresh = !isBlocked(before.plan) && (await readRecords(generation.root)) === before.records;
  let planned = isFresh ? before : await planOf(generated, run);
  for (let attempt = isFresh ? 0 : 1; ; attempt++) {
    if (isBlocked(planned.plan)) return { planned, applied: false };
    progress.step("Writing the changes");
    try {
      await applyPlan(planned.plan, context);
      return { planned, applied: true };
    } catch (error) {
      if (attempt > 0 || !(error instanceof PlanOutdatedError)) throw error;
    }
    planned = await planOf(generated, run);
  }
}

interface Run {
  readonly context: CommandContext;
  readonly options: MicroGenOptions;
  readonly generation: Generation;
  readonly progress: Progress;
  /** Undefined: this run is neither spared nor remembered. */
  readonly memory: RunMemory | undefined;
  /** What the user says has another name now. */
  readonly renames: readonly Rename[];
}

interface RunGiven extends Omit<Run, "renames"> {
  readonly ask: AskRename;
}

/** A plan, and what it leaves to the user. */
interface Planned {
  readonly plan: Plan;
  readonly notes: FittedHandlers["notes"];
  /** What other runs had written down when it was made; see `readRecords`. */
  readonly records: string;
  /** About the schemas. */
  readonly warnings: readonly Diagnostic[];
}

async function planOf(generated: Generated, { generation, options, renames }: Run): Promise<Planned> {
  const { root, owns, answers, importExtension } = generation;
  const records = await readRecords(root);
  const manifest = await readManifest(root);
  const start = handlerStarter(generated.schema, importExtension);
  const { wanted, gone, notes } = await fitHandlers(generation, generated, manifest, { start, renames });
  const plan = await makePlan(root, [...generated.wanted, ...wanted], manifest, {
    force: options.force === true,
    owns,
    gone,
    ...(answers && { answers }),
  });
  return { plan, notes, records, warnings: generated.schema.warnings ?? [] };
}

function isWriting({ dryRun, diff, check }: MicroGenOptions): boolean {
  return !(dryRun || diff || check);
}

function isBlocked(plan: Plan): boolean {
  return conflictsOf(plan).length > 0;
}

function wouldChange(plan: PlanOverview): boolean {
  return changesOf(plan).length > 0 || plan.manifestChanged;
}

/** Prints the plan in the form asked for: results to stdout, progress and errors to stderr. */
async function report(
  { plan, notes, warnings }: Recalled,
  run: Omit<Run, "renames">,
  applied: boolean,
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
      diffs: options.diff === true,
    });
    out.line(JSON.stringify(data, undefined, 2));
  } else {
    if (!options.quiet) {
      printWarnings(err, warnings, locate);
      await printPlan(plan, run);
    }
    printNotes(err, notes, { prefix: prefixOf(plan, context.cwd), errorsOnly: options.quiet === true });
  }
  if (conflicts > 0) {
    err.line(`${err.paint.red("error:")} ${conflictMessage(conflicts)}`);
    return ExitCode.drift;
  }
  if (options.check && wouldChange(plan)) {
    err.line(
      `${err.paint.red("error:")} Generated code is not up to date; run micro-gen and commit the result.`,
    );
    return ExitCode.drift;
  }
  if (!options.quiet && !options.json && !options.diff) err.line(summaryOf(plan, applied));
  return notes.some(({ severity }) => severity === "error") ? ExitCode.drift : ExitCode.ok;
}

async function printPlan(plan: PlanOverview, { context, options }: Omit<Run, "renames">): Promise<void> {
  const { out, err } = context.terminal;
  const prefix = prefixOf(plan, context.cwd);
  if (options.diff) {
    await printDiffs(out, plan.files, prefix);
    return;
  }
  // A plan that was asked for is the result; of a plan that is carried out the lines are progress.
  const output = options.dryRun || options.check ? out : err;
  printLines(output, plan, { prefix, verbose: options.verbose === true });
  await printDiffs(output, conflictsOf(plan), prefix);
}

function conflictMessage(count: number): string {
  const what =
    count === 1
      ? "1 generated file is not as micro-gen left it"
      : `${count} generated files are not as micro-gen left them`;
  return `${what} (- on disk, + generated); nothing was written. Move your change elsewhere, list the path in .microgenignore, or overwrite with --force.`;
}
