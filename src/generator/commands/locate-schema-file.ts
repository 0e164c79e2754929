import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { LocateSchemaFile } from "./print-diagnostics.ts";

/**
 * Finds the files diagnostics speak of: `greeter.proto` -> `proto/greeter.proto`, as seen from where the user is, so
 * that terminals and editors can open it.
 *
 * @param includePaths absolute, in the order the loader was given
 */
export function locateIn(includePaths: readonly string[], cwd: string): LocateSchemaFile {
  const found = new Map<string, ReturnType<LocateSchemaFile>>();
  const locate: LocateSchemaFile = (file) => {
    for (const folder of includePaths) {
      const path = join(folder, file);
      try {
        return { path: relative(cwd, path), text: readFileSync(path, "utf8") };
      } catch {
        // not in this folder; bundled schemas are in none
      }
    }
    return undefined;
  };
  return (file) => {
    if (!found.has(file)) found.set(file, locate(file));
    return found.get(file);
  };
}
