import { statSync } from "node:fs";

/** What a file looks like from outside. Times are in ms; `changedMs` is when anything of it changed, its name included. */
export interface Stamp {
  readonly size: number;
  readonly modifiedMs: number;
  readonly changedMs: number;
  readonly inode: number;
}

/** Undefined where no file is. Follows symbolic links; another target has another inode. */
export function stampOf(path: string): Stamp | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found?.isFile()) return undefined;
    return { size: found.size, modifiedMs: found.mtimeMs, changedMs: found.ctimeMs, inode: found.ino };
  } catch {
    return undefined; // a file stands where its folder should be, or nobody may look
  }
}

export function isSameStamp(a: Stamp | undefined, b: Stamp | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.size === b.size && a.modifiedMs === b.modifiedMs && a.changedMs === b.changedMs && a.inode === b.inode
  );
}

/** Clocks of file systems lag behind by a tick of the kernel, 10 ms at most; some count seconds, FAT every other. */
const tickMs = 50;
const coarseTickMs = 2_100;

/** Is a time of a file for sure before a moment? */
export function isBefore(timeMs: number, momentMs: number): boolean {
  return timeMs < momentMs - (timeMs % 1000 === 0 ? coarseTickMs : tickMs);
}

/**
 * Was the file for sure left alone since a moment? Only then is what was read since what is there now, and will another
 * change have another stamp. `changedMs` counts, because nobody can set that one.
 */
export function isSettled({ changedMs }: Stamp, momentMs: number): boolean {
  return isBefore(changedMs, momentMs);
}
