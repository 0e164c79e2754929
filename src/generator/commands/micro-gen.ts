import {
  applyPlan,
  changesOf,
  conflictsOf,
  type Generated,
  type Generation,
  type Generator,
  generate,
  makePlan,
  type Plan,
  readManifest,
  withLock,
} from "../project/index.ts";
import { SchemaError } from "../schema/diagnostic.ts";
import { ExitCode } from "./exit-codes.ts";
import { locateIn } from "./locate-schema-file.ts";
import { type MicroGenOptions, readMicroGenOptions } from "./micro-gen-options.ts";
import { chooseGeneration } from "./micro-gen-target.ts";
import { reportSchemaError } from "./print-diagnostics.ts";
import { prefixOf, printDiffs, printLines, reportOf, summaryOf } from "./print-plan.ts";
import type { CommandContext } from "./run.ts";

/**
 * `micro-gen [proto...]`: brings generated code in step with its schemas. docs/micro-gen.md tells all of it.
 *
 * @param generator the rooms that turn schemas into code; tests bring their own
 */
export async function microGen(context: CommandContext, generator?: Generator): Promise<number> {
  const { paths, options } = readMicroGenOptions(context);
  const generation = await chooseGeneration(paths, options, context.cwd);
  const run: Run = { context, options, generation };
  let generated: Generated;
  try {
    generated = await generate(generation, generator);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    reportSchemaError(context.terminal, error, locateIn(generation.includePaths, context.cwd));
    return ExitCode.invalidSchema;
  }

  const plan = await planOf(generated, run);
  const writes = !(options.dryRun || options.diff || options.check);
  if (!writes || !(isBlocked(plan) || wouldChange(plan))) return report(plan, run, writes);

  // Planned once more under the lock: another run may be writing, and what looks edited may be half of its work.
  return withLock(
    generation.root,
    async () => {
      const locked = await planOf(generated, run);
      const blocked = isBlocked(locked);
      if (!blocked) await applyPlan(locked, context);
      return report(locked, run, !blocked);
    },
    {
      signal: context.signal,
      onWait: (owner) => {
        if (!options.quiet) context.terminal.err.line(`Waiting for another run (process ${owner}) ...`);
      },
    },
  );
}

interface Run {
  readonly context: CommandContext;
  readonly options: MicroGenOptions;
  readonly generation: Generation;
}

async function planOf({ wanted }: Generated, { generation, options }: Run): Promise<Plan> {
  const { root, owns, answers } = generation;
  const manifest = await readManifest(root);
  return makePlan(root, wanted, manifest, {
    force: options.force === true,
    owns,
    ...(answers && { answers }),
  });
}

function isBlocked(plan: Plan): boolean {
  return conflictsOf(plan).length > 0;
}

function wouldChange(plan: Plan): boolean {
  return changesOf(plan).length > 0 || plan.manifestChanged;
}

/** Prints the plan in the form asked for: results to stdout, progress and errors to stderr. */
async function report(plan: Plan, run: Run, applied: boolean): Promise<number> {
  const { options, context } = run;
  const { out, err } = context.terminal;
  const conflicts = conflictsOf(plan).length;

  if (options.json) {
    const data = await reportOf(plan, { cwd: context.cwd, applied, diffs: options.diff === true });
    out.line(JSON.stringify(data, undefined, 2));
  } else if (!options.quiet) {
    await printPlan(plan, run);
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
  return ExitCode.ok;
}

async function printPlan(plan: Plan, { context, options }: Run): Promise<void> {
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
