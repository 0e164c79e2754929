import { join } from "node:path";
import { readRegularFile } from "./read-regular-file.ts";

/** In the project's root; gitignore syntax, negation included. */
export const ignorePath = ".microgenignore";

/** Whether the user wants a path left alone. The path is relative to the root, POSIX separators. */
export type IsIgnored = (path: string) => boolean;

export async function readIgnoreFile(root: string): Promise<IsIgnored> {
  const text = readRegularFile(join(root, ignorePath), ignorePath)?.toString("utf8");
  if (text === undefined) return () => false;
  const { default: ignore } = await import("ignore");
  const rules = ignore().add(text);
  return (path) => rules.ignores(path);
}
