import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { errorCode } from "./io-error.ts";

/**
 * Makes a folder and those above it that are missing, and answers which ones those were, outermost first. `mkdir` with
 * `recursive` is not used: on file systems that answer ENOENT to every mkdir (/proc) it never ends.
 */
export function makeFolders(folder: string): string[] {
  try {
    mkdirSync(folder);
    return [folder];
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST") return [];
    if (code !== "ENOENT" || dirname(folder) === folder) throw error;
  }
  const above = makeFolders(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (errorCode(error) === "EEXIST") return above; // another run was quicker
    throw error;
  }
  return [...above, folder];
}
