import { randomUUID } from "node:crypto";
import { open, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { errorCode, ioError } from "./io-error.ts";
import { makeFolders } from "./make-folders.ts";
import { ProjectError } from "./project-error.ts";
import { readRegularFile } from "./read-regular-file.ts";
import { removeIfEmpty } from "./stage.ts";

/** Present while a run may write. Not committed; a run that was killed leaves it behind, and the next takes it over. */
const lockPath = ".micro/lock";

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for another run. Default 10 000. */
  readonly waitMs?: number;
  /** How long to sleep between looks. Default 50. */
  readonly pollMs?: number;
  /** Called once when another run has the lock, with its process id. */
  readonly onWait?: (owner: string) => void;
}

/** A lock of another machine, on a shared disk, is believed for this long. */
const staleAfterMs = 10 * 60_000;
/** One that does not say whose it is was made by a run that was killed, or that is about to say so. */
const namelessAfterMs = 2_000;

/**
 * Runs `work` while no other run writes in the project; waits for one that does, and throws a ProjectError when that
 * takes too long. Better taken before planning than only before applying: a plan is about the disk as it is.
 *
 * @param root the project's folder; made when it is not there, and removed again when nothing was written
 */
export async function withLock<Result>(
  root: string,
  work: () => Promise<Result>,
  { signal, waitMs = 10_000, pollMs = 50, onWait }: LockOptions = {},
): Promise<Result> {
  const file = join(root, lockPath);
  const folder = dirname(file);
  let made: readonly string[];
  try {
    made = makeFolders(folder);
  } catch (error) {
    throw ioError(error, "make", folder);
  }
  try {
    let told = false;
    for (const giveUpAt = Date.now() + waitMs; !(await take(file)); ) {
      if (await removeStale(file)) continue;
      if (!told) onWait?.(ownerOf(file));
      told = true;
      if (Date.now() >= giveUpAt) {
        throw new ProjectError(
          "conflict",
          `Another run is writing in this project (process ${ownerOf(file)}); wait for it, or delete ${lockPath} if there is none.`,
        );
      }
      await delay(pollMs, undefined, { signal });
    }
    try {
      return await work();
    } finally {
      await rm(file, { force: true });
    }
  } finally {
    for (const empty of [...made].reverse()) removeIfEmpty(empty);
  }
}

async function take(file: string): Promise<boolean> {
  try {
    const handle = await open(file, "wx");
    try {
      await handle.writeFile(`${process.pid} ${hostname()}\n`);
    } catch (error) {
      // The disk is full: a lock of nobody would keep others waiting once it no longer is.
      await rm(file, { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    // Another run that had nothing to write has just removed the folder: it is made anew on the next look.
    if (errorCode(error) === "ENOENT") {
      makeFolders(dirname(file));
      return false;
    }
    throw ioError(error, "write", lockPath);
  }
}

/** Takes the lock of a dead run out of the way; says whether it did. */
async function removeStale(file: string): Promise<boolean> {
  const before = contentOf(file);
  if (before === undefined || !(await isStale(file, before))) return false;
  // Renamed before it is removed: of two runs that found it, one gets it; and what was moved is looked at again,
  // because the other may have taken the lock for itself in between.
  const aside = `${file}-${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return false; // the other run was first
  }
  const dead = contentOf(aside) === before;
  if (dead) await rm(aside, { force: true });
  else await rename(aside, file);
  return dead;
}

async function isStale(file: string, content: string): Promise<boolean> {
  const [pid = "", host = ""] = content.trim().split(" ");
  if (host === hostname() && /^\d+$/.test(pid)) return !isRunning(Number(pid));
  try {
    const age = Date.now() - (await stat(file)).mtimeMs;
    return age > (pid === "" ? namelessAfterMs : staleAfterMs);
  } catch {
    return false; // gone, which the next attempt will see
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM"; // somebody else's, so it runs
  }
}

function contentOf(file: string): string | undefined {
  try {
    return readRegularFile(file, lockPath)?.toString("utf8");
  } catch {
    return undefined; // nothing that a run has made
  }
}

function ownerOf(file: string): string {
  return contentOf(file)?.trim().split(" ")[0] || "unknown";
}
