import { relative, sep } from "node:path";
import type { Rename } from "../merge/index.ts";
import {
  applyPlan,
  type EventChange,
  fitHandlers,
  type Generated,
  type Generator,
  generate,
  makePlan,
  type Plan,
  PlanOutdatedError,
  type Recalled,
  type RunMemory,
  readManifest,
  readRecords,
  type SchemaEdit,
  type SchemaSnapshots,
  schemaSnapshots,
  type WantedFile,
  withLock,
} from "../project/index.ts";
import { SchemaError } from "../schema/diagnostic.ts";
import type { Schema } from "../schema/schema.ts";
import type { Verdict } from "./breaking-gate.ts";
import { type AskRename, decideRenames } from "./decide-renames.ts";
import { CommandError, ExitCode } from "./exit-codes.ts";
import { locateIn } from "./locate-schema-file.ts";
import type { MicroGenOptions } from "./micro-gen-options.ts";
import { reportSchemaError } from "./print-diagnostics.ts";
import { nothingWritten } from "./print-plan.ts";
import type { Progress } from "./progress.ts";
import { isBlocked, type ReportedRun, reportPlan, wouldChange } from "./report-plan.ts";
import { handlerStarter } from "./start-handler.ts";
import { refusedOf, tellRefusal } from "./tell-verdict.ts";

/** One run, and what is to be done besides what the schemas on disk ask for. */
export interface Run extends ReportedRun {
  readonly progress: Progress;
  /** Undefined: nobody is to be asked. */
  readonly ask?: AskRename | undefined;
  /** Undefined: this run is neither spared nor remembered. */
  readonly memory?: RunMemory | undefined;
  /** Schemas that change with the code. */
  readonly edits?: readonly SchemaEdit[];
  /** An event whose subscriber comes or goes. */
  readonly event?: EventChange | undefined;
  /** Judges how the schemas changed; undefined: nobody minds. */
  readonly gate?: (
    schema: Schema,
    snapshots: SchemaSnapshots,
    renames: readonly Rename[],
  ) => Promise<Verdict>;
  /** Why the plan must not be carried out, judged by what it would leave to the user; undefined: it may. */
  readonly refuse?: (notes: Recalled["notes"]) => string | undefined;
}

interface DecidedRun extends Run {
  readonly snapshots: SchemaSnapshots;
  /** What the user says has another name now. */
  readonly renames: readonly Rename[];
}

/** A plan, and what it leaves to the user. */
interface Planned extends Recalled {
  readonly plan: Plan;
  /** What other runs had written down when it was made; see `readRecords`. */
  readonly records: string;
}

/**
 * Generates, fits the user's code in, and carries the plan out or shows it, as the options say.
 *
 * @param generator the rooms that turn schemas into code; tests bring their own
 */
export async function carryOut(given: Run, generator?: Generator): Promise<number> {
  const { context, options, generation, progress, ask } = given;
  let generated: Generated;
  try {
    generated = await generate(generation, generator, progress.step);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    const locate = locateIn(generation.includePaths, context.cwd);
    reportSchemaError(context.terminal, error, locate, nothingWritten(options));
    return ExitCode.invalidSchema;
  }

  const writes = isWriting(options);
  const asks = context.terminal.interactive && writes && !(options.quiet || options.json || options.watch);
  const quietly = (question: AskRename): AskRename => {
    return (guess) => {
      progress.rest();
      return question(guess);
    };
  };
  const asked = asks && ask !== undefined ? quietly(ask) : undefined;
  const snapshots = schemaSnapshots(generation.root, generated.schema);
  const renames = await decideRenames(generation, generated, snapshots, options.rename ?? [], asked);
  const run: DecidedRun = { ...given, renames, snapshots };

  const locate = locateIn(generation.includePaths, context.cwd);
  const verdict = await run.gate?.(generated.schema, snapshots, renames);
  if (verdict !== undefined && refusedOf(verdict).length > 0) {
    return tellRefusal(context.terminal, verdict, {
      isProject: generation.gate !== undefined,
      locate,
      options,
    });
  }

  progress.step("Comparing with the files on disk");
  const planned = await planOf(generated, run);
  const { plan } = planned;
  const isUpToDate = !(isBlocked(plan) || wouldChange(plan));
  if (writes && isUpToDate) run.memory?.keep(plan, generated.schema, planned.notes);
  if (!writes || isUpToDate) return reportPlan(planned, run, writes, verdict);

  return withLock(
    generation.root,
    async () => {
      const done = await applyUnderLock(planned, generated, run);
      if (done.applied) run.memory?.keep(done.planned.plan, generated.schema, done.planned.notes);
      return reportPlan(done.planned, run, done.applied, verdict);
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
  run: DecidedRun,
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

/** Another run or an editor may write while it is made: then it is made again from what is there now. */
async function planOf(generated: Generated, run: DecidedRun): Promise<Planned> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await planOnce(generated, run);
    } catch (error) {
      if (!(error instanceof PlanOutdatedError) || attempt === 5) throw error;
    }
  }
}

async function planOnce(
  generated: Generated,
  { generation, options, snapshots, renames, edits = [], event, refuse }: DecidedRun,
): Promise<Planned> {
  const { root, owns, answers, importExtension } = generation;
  const records = await readRecords(root);
  const manifest = await readManifest(root);
  const start = handlerStarter(generated.schema, importExtension);
  const { wanted, gone, notes } = await fitHandlers(generation, generated, manifest, {
    snapshots,
    start,
    renames,
    ...(event && { event }),
  });
  const reason = refuse?.(notes);
  if (reason !== undefined) throw new CommandError(ExitCode.drift, reason);
  const schemas = wantedSchemas(root, edits);
  const plan = await makePlan(root, [...generated.wanted, ...schemas.wanted, ...wanted], manifest, {
    force: options.force === true,
    owns,
    gone: [...gone, ...schemas.gone],
    ...(answers && { answers }),
  });
  return { plan, notes, records, warnings: generated.schema.warnings ?? [] };
}

/** Schemas as files of the plan: the user's, with what is to change in them. */
function wantedSchemas(root: string, edits: readonly SchemaEdit[]) {
  const pathOf = (file: string) => relative(root, file).split(sep).join("/");
  const wanted = edits.flatMap(({ file, before, after }): WantedFile[] => {
    if (after === undefined) return [];
    const basis = before === undefined ? {} : { basis: Buffer.from(before) };
    return [{ path: pathOf(file), content: Buffer.from(after), class: "scaffolded", ...basis }];
  });
  return { wanted, gone: edits.flatMap(({ file, after }) => (after === undefined ? [pathOf(file)] : [])) };
}

/** Whether a run may write at all. */
export function isWriting({ dryRun, diff, check }: MicroGenOptions): boolean {
  return !(dryRun || diff || check);
}
