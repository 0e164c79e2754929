import { join, relative, sep } from "node:path";
import {
  type Action,
  changesOf,
  conflictsOf,
  type FittedHandlers,
  manifestPath,
  type PlannedFile,
  type PlanOverview,
  unifiedDiff,
} from "../project/index.ts";
import type { ClientState } from "./check-clients.ts";
import type { MicroGenOptions } from "./micro-gen-options.ts";
import type { Paint } from "./paint.ts";
import type { DiagnosticData } from "./print-diagnostics.ts";
import type { ChangeData } from "./tell-verdict.ts";
import { type Output, printable } from "./terminal.ts";

/** A path of a plan as seen from where the user is. */
export type ShowPath = (path: string) => string;

/** `srv/src/main.ts` is `src/main.ts` for who stands in `srv`, and `../srv/src/main.ts` in `api`. */
export function pathsFrom({ root }: PlanOverview, cwd: string): ShowPath {
  return (path) => relative(cwd, join(root, path)).split(sep).join("/") || ".";
}

const styles: Readonly<Record<Action, keyof Paint>> = {
  create: "green",
  update: "cyan",
  identical: "dim",
  keep: "dim",
  delete: "yellow",
  orphan: "yellow",
  conflict: "red",
};

const quietActions: ReadonlySet<Action> = new Set(["identical", "keep"]);

export interface LinesOptions {
  readonly show: ShowPath;
  /** Also what stays as it is. */
  readonly verbose: boolean;
}

/** One line per file: `create    src/gen/greeter.ts`. */
export function printLines(output: Output, plan: PlanOverview, { show, verbose }: LinesOptions): void {
  for (const { path, action } of plan.files) {
    if (!verbose && quietActions.has(action)) continue;
    const note =
      action === "orphan" ? output.paint.dim(" (edited and no longer generated; yours to delete)") : "";
    output.line(`${output.paint[styles[action]](action.padEnd(9))} ${printable(show(path))}${note}`);
  }
  // Otherwise the lines above say why it changes.
  if (plan.manifestChanged && changesOf(plan).length + conflictsOf(plan).length === 0) {
    output.line(`${output.paint[styles.update]("update".padEnd(9))} ${printable(show(manifestPath))}`);
  }
}

type Notes = FittedHandlers["notes"];

/** What is left to the user: `src/handler/shop.ts:12:3 rpc Find is no longer in shop.Shop; ...`. */
export function printNotes(
  output: Output,
  notes: Notes,
  { show, errorsOnly }: { readonly show: ShowPath; readonly errorsOnly: boolean },
): void {
  for (const { path, line, column, message, severity } of notes) {
    if (errorsOnly && severity !== "error") continue;
    const place = output.paint.bold(printable(`${show(path)}:${line}:${column}`));
    output.line(`${place} ${output.paint[severity === "error" ? "red" : "yellow"](printable(message))}`);
  }
}

/** Unified diffs of the given files. */
export async function printDiffs(
  output: Output,
  files: readonly PlannedFile[],
  show: ShowPath,
): Promise<void> {
  for (const file of files) {
    const diff = await unifiedDiff({ ...file, path: show(file.path) });
    for (const line of diff.split("\n").slice(0, -1))
      output.line(paintDiffLine(printable(line), output.paint));
  }
}

function paintDiffLine(line: string, paint: Paint): string {
  if (line.startsWith("+++") || line.startsWith("---")) return paint.bold(line);
  if (line.startsWith("+")) return paint.green(line);
  if (line.startsWith("-")) return paint.red(line);
  return line.startsWith("@@") ? paint.cyan(line) : line;
}

/** Said of a run that was to write and did not; of one that only looks it goes without saying. */
export function nothingWritten({
  check,
  diff,
  dryRun,
}: Pick<MicroGenOptions, "check" | "diff" | "dryRun">): string {
  return check || diff || dryRun ? "" : "; nothing was written";
}

const words: readonly (readonly [Action, done: string, planned: string])[] = [
  ["create", "created", "to create"],
  ["update", "updated", "to update"],
  ["delete", "deleted", "to delete"],
  ["identical", "unchanged", "unchanged"],
];

/** `2 created, 1 updated, 9 unchanged.`; of a plan that was only shown, `2 to create, ...`. */
export function summaryOf(plan: PlanOverview, applied: boolean): string {
  const counts = countActions(plan);
  const parts = words.flatMap(([action, done, planned]) =>
    counts[action] > 0 ? [`${counts[action]} ${applied ? done : planned}`] : [],
  );
  return parts.length === 0 ? "Nothing to do." : `${parts.join(", ")}.`;
}

export function countActions(plan: PlanOverview): Record<Action, number> {
  const counts = { create: 0, identical: 0, update: 0, conflict: 0, delete: 0, orphan: 0, keep: 0 };
  for (const { action } of plan.files) counts[action]++;
  return counts;
}

/** The plan as data, for `--json`. Holds no absolute path. */
export interface PlanReport {
  readonly schemaVersion: 1;
  /** The root relative to where the command was started; `.` for there. */
  readonly root: string;
  /** The plan was carried out. False with --dry-run, --diff and --check, and when a conflict was in the way. */
  readonly applied: boolean;
  readonly manifestChanged: boolean;
  readonly files: readonly {
    readonly path: string;
    readonly action: Action;
    readonly class: string;
    /** With --diff, and for conflicts. */
    readonly diff?: string;
  }[];
  readonly summary: Readonly<Record<Action, number>>;
  /** What is left to the user, and handlers that nobody can read (`error`). */
  readonly notes: Notes;
  /** What is legal and yet unwise in the schemas. */
  readonly warnings: readonly DiagnosticData[];
  /** What the schemas were compared with, and how they differ from it. Absent when there was nothing to compare with. */
  readonly against?: string;
  readonly changes?: readonly ChangeData[];
  /** Entries of `allow` that match no change. Absent when all do. */
  readonly idleAllow?: readonly { readonly rule: string; readonly name: string }[];
  /** With --check: services behind pinned clients. */
  readonly clients?: readonly ClientState[];
}

export async function reportOf(
  plan: PlanOverview,
  options: {
    readonly cwd: string;
    readonly applied: boolean;
    readonly diffs: boolean;
    readonly notes: Notes;
    readonly warnings: readonly DiagnosticData[];
    readonly against?: string;
    readonly changes?: readonly ChangeData[];
    readonly idleAllow?: PlanReport["idleAllow"];
    readonly clients?: PlanReport["clients"];
  },
): Promise<PlanReport> {
  const files = await Promise.all(
    plan.files.map(async (file) => {
      const { path, action } = file;
      const diff = options.diffs || action === "conflict" ? await unifiedDiff(file) : "";
      return { path, action, class: file.class, ...(diff !== "" && { diff }) };
    }),
  );
  return {
    schemaVersion: 1,
    root: relative(options.cwd, plan.root).split(sep).join("/") || ".",
    applied: options.applied,
    manifestChanged: plan.manifestChanged,
    files,
    summary: countActions(plan),
    notes: options.notes,
    warnings: options.warnings,
    ...(options.against !== undefined && { against: options.against }),
    ...(options.changes !== undefined && { changes: options.changes }),
    ...(options.idleAllow !== undefined && { idleAllow: options.idleAllow }),
    ...(options.clients !== undefined && { clients: options.clients }),
  };
}
