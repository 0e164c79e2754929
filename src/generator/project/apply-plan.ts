import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { SCHEMA_FILE } from "../emit/index.ts";
import { ioError } from "./io-error.ts";
import { formatManifest, formatPending, manifestPath, pendingPath } from "./manifest.ts";
import { changesOf, type Plan, type PlannedFile } from "./plan.ts";
import { ProjectError } from "./project-error.ts";
import { readRegularFile } from "./read-regular-file.ts";
import { createResolver, type Resolve, type Resolved } from "./safe-path.ts";
import { createStage, removeIfEmpty, type Stage, type Staged } from "./stage.ts";

export interface ApplyOptions {
  /** Aborted before the first file is replaced: nothing is changed. Later: the replacing is finished first. */
  readonly signal?: AbortSignal | undefined;
}

/** The disk is not any more as it was planned for. Nothing was changed; a new plan helps. */
export class PlanOutdatedError extends ProjectError {
  constructor(path: string) {
    super("conflict", `${path} was changed by someone else meanwhile; run it again.`);
  }
}

/** Files between two looks at the signal. */
const breath = 64;

/**
 * Makes the disk look like the plan: creates, updates, deletes; conflicts, orphans and the user's files are left alone
 * (ask `conflictsOf` first). All contents are staged beside their targets, then renamed into place, the manifest last.
 * An error or an abort while staging leaves everything as it was. A process killed while renaming leaves whole files
 * and `.micro/pending.json`, by which the next run knows them as ours.
 *
 * @throws PlanOutdatedError for a file that is not as the plan says; nothing was changed
 */
export async function applyPlan(plan: Plan, { signal }: ApplyOptions = {}): Promise<void> {
  const changes = changesOf(plan).sort((a, b) => rankOf(a) - rankOf(b));
  if (changes.length === 0 && !plan.manifestChanged) return;

  const resolve = createResolver(plan.root);
  const stage = createStage();
  try {
    const staged = await stageChanges(changes, { resolve, stage, signal });
    const pendingText = Buffer.from(formatPending(plan.manifest, plan.interrupted));
    const pending = stage.add(resolve(pendingPath), pendingPath, pendingText);
    const manifestText = Buffer.from(formatManifest(plan.manifest));
    const manifest = stage.add(resolve(manifestPath), manifestPath, manifestText);
    // Signals are told between turns, and the last of them may have been long ago. Two, because a turn may have begun
    // before the signal came.
    await nextTurn();
    await nextTurn();
    signal?.throwIfAborted();
    for (const file of changes) refuseIfChanged(resolve(file.path), file);

    stage.commit(pending);
    // Deletes first: where case does not count, a new file may bear the name of an old one.
    const deleted = changes.filter(({ action }) => action === "delete");
    for (const { path } of deleted) remove(path, resolve);
    for (const file of staged) stage.commit(file);
    stage.commit(manifest);
    remove(pendingPath, resolve);
    for (const { path } of deleted) removeEmptyFolders(path, resolve);
  } catch (error) {
    stage.discard();
    throw error;
  }
}

/**
 * The user's files go first and the schema last: as long as it is the old one, a run after one that was killed sees the same
 * change of the schema, and does what is left of it.
 */
function rankOf({ path, class: owner }: PlannedFile): number {
  if (owner !== "generated") return 0;
  return path === SCHEMA_FILE || path.endsWith(`/${SCHEMA_FILE}`) ? 2 : 1;
}

interface Staging {
  readonly resolve: Resolve;
  readonly stage: Stage;
  readonly signal: AbortSignal | undefined;
}

async function stageChanges(
  changes: readonly PlannedFile[],
  { resolve, stage, signal }: Staging,
): Promise<Staged[]> {
  const staged: Staged[] = [];
  for (const [index, file] of changes.entries()) {
    if (index % breath === 0) await nextTurn();
    signal?.throwIfAborted();
    const { path, content, mode } = file;
    if (content !== undefined) staged.push(stage.add(resolve(path), path, content, mode));
  }
  return staged;
}

/**
 * Between plan and apply a person may have been asked, and an editor may have saved; while many files are staged, too. So
 * it is looked at last, and the user's files are replaced first.
 */
function refuseIfChanged(target: Resolved, { path, current }: PlannedFile): void {
  const now = target.exists ? readRegularFile(target.path, path) : undefined;
  const same = now && current ? Buffer.compare(now, current) === 0 : now === current;
  if (!same) throw new PlanOutdatedError(path);
}

function remove(path: string, resolve: Resolve): void {
  try {
    rmSync(resolve(path).path, { force: true });
  } catch (error) {
    throw ioError(error, "delete", path);
  }
}

/** The folders a deleted file leaves empty, upwards, never the root itself. */
function removeEmptyFolders(path: string, resolve: Resolve): void {
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
    if (!removeIfEmpty(resolve(folder).path)) return;
  }
}
