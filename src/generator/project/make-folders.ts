import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "./io-error.ts";

/**
 * Makes a folder and those above it that are missing, and answers which ones those were, outermost first. `mkdir` with
 * `recursive` is not used: on file systems that answer ENOENT to every mkdir (/proc) it never ends.
 */
export async function makeFolders(folder: string): Promise<string[]> {
  try {
    await mkdir(folder);
    return [folder];
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST") return [];
    if (code !== "ENOENT" || dirname(folder) === folder) throw error;
  }
  const above = await makeFolders(dirname(folder));
  try {
    await mkdir(folder);
  } catch (error) {
    if (errorCode(error) === "EEXIST") return above; // another run was quicker
    throw error;
  }
  return [...above, folder];
}
