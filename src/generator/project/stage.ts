import { randomBytes } from "node:crypto";
import { chmod, readdir, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode, ioError } from "./io-error.ts";
import { makeFolders } from "./make-folders.ts";

/** Ends the names of files that are written and not yet in place. */
const stagedSuffix = ".micro-staged";

/** A file written beside its target, waiting to take its place. */
export interface Staged {
  /** As people know it, for messages. */
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

/** Files on their way to the disk: all are written first, then each is renamed into place, which is atomic. */
export interface Stage {
  /** Writes a file beside its target. Its mode is the given one, else the target's, else 0o644. */
  add(target: string, path: string, content: Uint8Array, mode?: number): Promise<Staged>;
  /** Puts a staged file in its place. */
  commit(staged: Staged): Promise<void>;
  /** Removes what was staged and not committed, and the folders made for it. */
  discard(): Promise<void>;
}

export function createStage(): Stage {
  const waiting = new Set<Staged>();
  const prepared = new Set<string>();
  const made: string[] = [];
  const run = randomBytes(6).toString("hex");
  let count = 0;

  const prepare = async (folder: string) => {
    if (prepared.has(folder)) return;
    prepared.add(folder);
    const folders = await makeFolders(folder);
    if (folders.length === 0) await sweep(folder);
    else made.push(...folders);
  };

  return {
    async add(target, path, content, mode) {
      const folder = dirname(target);
      const staged: Staged = { path, from: join(folder, `.${run}-${count++}${stagedSuffix}`), to: target };
      try {
        await prepare(folder);
        waiting.add(staged);
        await writeFile(staged.from, content, { flag: "wx" });
        await chmod(staged.from, mode ?? (await modeOf(target)) ?? 0o644);
      } catch (error) {
        throw ioError(error, "write", path);
      }
      return staged;
    },

    async commit(staged) {
      try {
        await rename(staged.from, staged.to);
      } catch (error) {
        throw ioError(error, "write", staged.path);
      }
      waiting.delete(staged);
    },

    async discard() {
      for (const { from } of waiting) await rm(from, { force: true });
      waiting.clear();
      for (const folder of made.reverse()) await removeIfEmpty(folder); // from the inside out
    },
  };
}

/** Removes a folder that holds nothing; says whether it did. */
export async function removeIfEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch {
    return false; // not empty, not ours, or not there: all the same, it is left alone
  }
}

/** Removes what a killed run left in a folder. The lock says that no other run is writing there now. */
async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith(".") && name.endsWith(stagedSuffix)) await rm(join(folder, name), { force: true });
  }
}

async function modeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mode & 0o777;
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
}
