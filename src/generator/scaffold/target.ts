import { lstatSync, readdirSync } from "node:fs";
import { ScaffoldError } from "./scaffold-error.ts";

/**
 * What may lie in a folder without making it somebody's project: version control, editors, licence, readme, and what
 * package managers leave behind.
 */
const HARMLESS =
  /^(\.git|\.gitignore|\.gitattributes|\.github|\.gitlab-ci\.yml|\.hg|\.svn|\.idea|\.vscode|\.editorconfig|\.ds_store|thumbs\.db|\.npmrc|readme(\.\w+)?|licen[cs]e(\.\w+)?|copying|notice|code_of_conduct\.md|contributing\.md|security\.md)$/i;

/** Files of ours that give way to what is there. */
const THEIRS_WINS = /^(readme\.md|\.gitignore|license|yarn\.lock)$/i;

export interface Target {
  /** Entries of the folder that are neither harmless nor ours, sorted. */
  readonly foreign: readonly string[];
  readonly exists: boolean;
}

/**
 * Looks at the folder a project shall be made in. `ours`: first path elements of the files we would write. A target that
 * is no folder is a conflict.
 */
export function inspectTarget(root: string, shown: string, ours: ReadonlySet<string>): Target {
  const info = lstatSync(root, { throwIfNoEntry: false });
  if (info === undefined) return { foreign: [], exists: false };
  let entries: string[];
  try {
    entries = readdirSync(root);
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === "ENOTDIR" ? "is a file, not a folder" : "cannot be read";
    throw new ScaffoldError("conflict", `${shown} ${reason}. Choose another name.`, { cause: error });
  }
  const foreign = entries.filter((entry) => !HARMLESS.test(entry) && !ours.has(entry)).sort();
  return { foreign, exists: true };
}

/** The user's README, licence and ignore file stay when they were there first. */
export function givesWay(path: string): boolean {
  return THEIRS_WINS.test(path);
}
