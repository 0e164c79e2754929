import { readFile, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode, ioError } from "./io-error.ts";
import { formatManifest, formatPending, manifestPath, pendingPath } from "./manifest.ts";
import { changesOf, type Plan, type PlannedFile } from "./plan.ts";
import { ProjectError } from "./project-error.ts";
import { createResolver, type Resolve } from "./safe-path.ts";
import { createStage, removeIfEmpty, type Stage, type Staged } from "./stage.ts";

export interface ApplyOptions {
  /** Aborted before the first file is replaced: nothing is changed. Later: the replacing is finished first. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes the disk look like the plan: creates, updates, deletes; conflicts, orphans and the user's files are left alone
 * (ask `conflictsOf` first). All contents are staged beside their targets, then renamed into place, the manifest last.
 * An error or an abort while staging leaves everything as it was. A process killed while renaming leaves whole files
 * and `.micro/pending.json`, by which the next run knows them as ours.
 */
export async function applyPlan(plan: Plan, { signal }: ApplyOptions = {}): Promise<void> {
  const changes = changesOf(plan);
  if (changes.length === 0 && !plan.manifestChanged) return;

  const resolve = createResolver(plan.root);
  const stage = createStage();
  try {
    const staged = await stageChanges(changes, { resolve, stage, signal });
    const pendingText = Buffer.from(formatPending(plan.manifest, plan.interrupted));
    const pending = await stage.add(await resolve(pendingPath), pendingPath, pendingText);
    const manifestText = Buffer.from(formatManifest(plan.manifest));
    const manifest = await stage.add(await resolve(manifestPath), manifestPath, manifestText);
    signal?.throwIfAborted();

    await stage.commit(pending);
    // Deletes first: where case does not count, a new file may bear the name of an old one.
    const deleted = changes.filter(({ action }) => action === "delete");
    for (const { path } of deleted) await remove(path, resolve);
    for (const file of staged) await stage.commit(file);
    await stage.commit(manifest);
    await remove(pendingPath, resolve);
    for (const { path } of deleted) await removeEmptyFolders(path, resolve);
  } catch (error) {
    await stage.discard();
    throw error;
  }
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
  for (const file of changes) {
    signal?.throwIfAborted();
    const target = await resolve(file.path);
    await refuseIfChanged(target, file);
    if (file.content !== undefined) staged.push(await stage.add(target, file.path, file.content, file.mode));
  }
  return staged;
}

/** Between plan and apply a person may have been asked, and an editor may have saved. */
async function refuseIfChanged(target: string, { path, current }: PlannedFile): Promise<void> {
  let now: Uint8Array | undefined;
  try {
    now = await readFile(target);
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw ioError(error, "read", path);
  }
  const same = now && current ? Buffer.compare(now, current) === 0 : now === current;
  if (!same)
    throw new ProjectError("conflict", `${path} was changed by someone else meanwhile; run it again.`);
}

async function remove(path: string, resolve: Resolve): Promise<void> {
  try {
    await rm(await resolve(path), { force: true });
  } catch (error) {
    throw ioError(error, "delete", path);
  }
}

/** The folders a deleted file leaves empty, upwards, never the root itself. */
async function removeEmptyFolders(path: string, resolve: Resolve): Promise<void> {
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
    if (!(await removeIfEmpty(await resolve(folder)))) return;
  }
}
