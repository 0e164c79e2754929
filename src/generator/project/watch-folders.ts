import { type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { basename, dirname, join } from "node:path";
import { errorCode, ioError } from "./io-error.ts";

/** What a person may change while somebody waits for it. */
export interface WatchedPlaces {
  /** Absolute folders of schemas; those inside count, too, without hidden ones and node_modules. */
  readonly folders: readonly string[];
  /** Single files, absolute; they need not exist. */
  readonly files: readonly string[];
  /** Absolute folders whose changes do not count: what a run writes itself. */
  readonly without: readonly string[];
}

/** Tells about changes below folders. */
export interface FolderWatch {
  /**
   * From now on these places; what is watched already stays watched, and what changed in others is forgotten. Call it before
   * reading them, so that nothing is missed.
   */
  watch(places: WatchedPlaces): void;
  /** The next change, at once for one since the last call; it waits until nothing has changed for a while. Ends with the signal. */
  changed(signal: AbortSignal): Promise<void>;
  close(): void;
}

export interface FolderWatchOptions {
  /** How long nothing may change until a change is told: editors write a file in steps. Default 50. */
  readonly quietMs?: number;
  /** A change is told after this long however much goes on. Default 500. */
  readonly atMostMs?: number;
}

/**
 * Each folder has a watcher of its own: recursive watching misses folders that are new on some systems. A new folder is a
 * change, so that the next `watch` finds it.
 */
export function createFolderWatch({ quietMs = 50, atMostMs = 500 }: FolderWatchOptions = {}): FolderWatch {
  const watchers = new Map<string, FSWatcher>();
  let counts: (folder: string, name: string | null) => boolean = () => true;
  /** Folders in which something changed that nobody was told of. */
  const changes = new Set<string>();
  let wake: (() => void) | undefined;

  const note = (folder: string): void => {
    changes.add(folder);
    wake?.();
  };

  const add = (folder: string): void => {
    if (watchers.has(folder)) return;
    try {
      const watcher = watch(folder, { persistent: true }, (_event, name) => {
        if (counts(folder, name)) note(folder);
      });
      // A folder that goes away ends its watcher; that it went is a change.
      watcher.on("error", () => {
        watchers.delete(folder);
        watcher.close();
        note(folder);
      });
      watchers.set(folder, watcher);
    } catch (error) {
      if (errorCode(error) !== "ENOENT" && errorCode(error) !== "ENOTDIR")
        throw ioError(error, "watch", folder);
    }
  };

  return {
    watch({ folders, files, without }) {
      const inside = new Set(folders.flatMap((folder) => foldersBelow(folder, without)));
      const names = new Map<string, Set<string>>();
      for (const file of files)
        names.set(dirname(file), (names.get(dirname(file)) ?? new Set()).add(basename(file)));
      for (const [folder, watcher] of watchers) {
        if (inside.has(folder) || names.has(folder)) continue;
        watcher.close();
        watchers.delete(folder);
        changes.delete(folder);
      }
      counts = (folder, name) =>
        name === null ||
        names.get(folder)?.has(name) === true ||
        (inside.has(folder) &&
          (/\.(?:proto|ts)$/.test(name) ||
            inside.has(join(folder, name)) ||
            isNewFolder(join(folder, name), without)));
      for (const folder of [...inside, ...names.keys()]) add(folder);
    },

    async changed(signal) {
      const until = (ms: number | undefined) =>
        new Promise<void>((resolve) => {
          const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
          const end = (): void => {
            clearTimeout(timer);
            signal.removeEventListener("abort", end);
            wake = undefined;
            resolve();
          };
          wake = end;
          signal.addEventListener("abort", end);
        });
      if (changes.size === 0 && !signal.aborted) await until(undefined);
      const giveUpAt = Date.now() + atMostMs;
      do {
        changes.clear();
        await until(quietMs);
      } while (changes.size > 0 && Date.now() < giveUpAt && !signal.aborted);
      changes.clear();
    },

    close() {
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}

function isNewFolder(path: string, without: readonly string[]): boolean {
  return isWatchable(path, without) && (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
}

function isWatchable(path: string, without: readonly string[]): boolean {
  const name = basename(path);
  return !name.startsWith(".") && name !== "node_modules" && !without.includes(path);
}

function foldersBelow(folder: string, without: readonly string[]): string[] {
  const found: string[] = [];
  const visit = (path: string): void => {
    found.push(path);
    for (const entry of entriesOf(path)) {
      const inner = join(path, entry.name);
      if (entry.isDirectory() && isWatchable(inner, without)) visit(inner);
    }
  };
  if (!without.includes(folder)) visit(folder);
  return found;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // gone meanwhile, or not to be read: the run says so
  }
}
