import { randomBytes } from "node:crypto";
import { chmodSync, readdirSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ioError } from "./io-error.ts";
import { makeFolders } from "./make-folders.ts";
import type { Resolved } from "./safe-path.ts";

/** Ends the names of files that are written and not yet in place. */
const stagedSuffix = ".micro-staged";

/** A file written beside its target, waiting to take its place. */
export interface Staged {
  /** As people know it, for messages. */
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Files on their way to the disk: all are written first, then each is renamed into place, which is atomic. Calls wait
 * for the disk: for many small files that takes a fifth of the time that promises cost.
 */
export interface Stage {
  /** Writes a file beside its target. Its mode is the given one, else the target's, else 0o644. */
  add(target: Resolved, path: string, content: Uint8Array, mode?: number): Staged;
  /** Puts a staged file in its place. */
  commit(staged: Staged): void;
  /** Removes what was staged and not committed, and the folders made for it. */
  discard(): void;
}

export function createStage(): Stage {
  const waiting = new Set<Staged>();
  const prepared = new Set<string>();
  const made: string[] = [];
  const run = randomBytes(6).toString("hex");
  // What files get that nobody has changed the mode of.
  const usual = 0o666 & ~process.umask();
  let count = 0;

  const prepare = (folder: string) => {
    if (prepared.has(folder)) return;
    prepared.add(folder);
    const folders = makeFolders(folder);
    if (folders.length === 0) sweep(folder);
    else made.push(...folders);
  };

  return {
    add(target, path, content, mode) {
      const folder = dirname(target.path);
      const staged: Staged = {
        path,
        from: join(folder, `.${run}-${count++}${stagedSuffix}`),
        to: target.path,
      };
      try {
        prepare(folder);
        waiting.add(staged);
        writeFileSync(staged.from, content, { flag: "wx" });
        const wanted = mode ?? (target.exists ? modeOf(target.path) : undefined) ?? 0o644;
        if (wanted !== usual) chmodSync(staged.from, wanted);
      } catch (error) {
        throw ioError(error, "write", path);
      }
      return staged;
    },

    commit(staged) {
      try {
        renameSync(staged.from, staged.to);
      } catch (error) {
        throw ioError(error, "write", staged.path);
      }
      waiting.delete(staged);
    },

    discard() {
      for (const { from } of waiting) rmSync(from, { force: true });
      waiting.clear();
      for (const folder of made.reverse()) removeIfEmpty(folder); // from the inside out
    },
  };
}

/** Removes a folder that holds nothing; says whether it did. */
export function removeIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false; // not empty, not ours, or not there: all the same, it is left alone
  }
}

/** Removes what a killed run left in a folder. The lock says that no other run is writing there now. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.startsWith(".") && name.endsWith(stagedSuffix)) rmSync(join(folder, name), { force: true });
  }
}

function modeOf(file: string): number | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && found.mode & 0o777;
}
