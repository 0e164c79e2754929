import { join } from "node:path";
import { createFolderWatch, type Generation, microJsonPath, type WatchedPlaces } from "../project/index.ts";
import { ExitCode } from "./exit-codes.ts";
import { reportError } from "./report-error.ts";
import type { CommandContext } from "./run.ts";

/** One run of what is watched: which schemas it is about, and the run itself, which answers with its exit code. */
export interface WatchedRun {
  choose(): Promise<Generation>;
  run(generation: Generation): Promise<number>;
}

/**
 * Runs again whenever a schema changes, until the signal. A run that fails is told, and the next change is waited for; only
 * a command line that cannot be carried out at all ends it.
 */
export async function watchSchemas(
  { terminal, signal }: CommandContext,
  { choose, run }: WatchedRun,
): Promise<number> {
  const watch = createFolderWatch();
  const { err } = terminal;
  try {
    let generation = await choose();
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      let exitCode: number;
      try {
        if (!isFirst) generation = await choose();
        watch.watch(placesOf(generation, "running"));
        exitCode = await run(generation);
      } catch (error) {
        if (signal.aborted) break;
        exitCode = reportError(terminal, error);
      }
      watch.watch(placesOf(generation, exitCode === ExitCode.ok ? "well" : "failed"));
      if (isFirst) err.line(err.paint.dim("Watching the schemas; Ctrl-C ends."));
      if (!signal.aborted) await watch.changed(signal);
    }
    return ExitCode.interrupted;
  } finally {
    watch.close();
  }
}

/**
 * What is wrong may be wrong in a handler or an edited output; mended, it is worth another run. A handler may be mended as
 * soon as a run has told of it, before that run ends, so handlers are watched from its start.
 */
function placesOf(generation: Generation, run: "running" | "well" | "failed"): WatchedPlaces {
  const { root, includePaths, outs, handlers = [], files } = generation;
  const absolute = (folder: string) => (folder === "." ? root : join(root, folder));
  const sources = run === "well" ? [] : handlers.map(({ dir }) => join(absolute(dir), "src"));
  const outputs = outs.map(absolute);
  return {
    folders: [...includePaths, ...sources, ...(run === "failed" ? outputs : [])],
    files: [
      ...[microJsonPath, ".microgenignore", "buf.yaml", "buf.work.yaml"].map((name) => join(root, name)),
      ...files.filter((file) => file.startsWith("/") || /^[A-Za-z]:/.test(file)),
    ],
    without: run === "failed" ? [] : outputs,
  };
}
