import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, ioError } from "./io-error.ts";

/** In the project's root; gitignore syntax, negation included. */
export const ignorePath = ".microgenignore";

/** Whether the user wants a path left alone. The path is relative to the root, POSIX separators. */
export type IsIgnored = (path: string) => boolean;

export async function readIgnoreFile(root: string): Promise<IsIgnored> {
  let text: string;
  try {
    text = await readFile(join(root, ignorePath), "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return () => false;
    throw ioError(error, "read", ignorePath);
  }
  const { default: ignore } = await import("ignore");
  const rules = ignore().add(text);
  return (path) => rules.ignores(path);
}
