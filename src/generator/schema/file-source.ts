import type { FileFinder } from "./find-files.ts";
import { parseFile } from "./parse-file.ts";
import type { ScanError } from "./scan.ts";
import type { FileNode } from "./syntax.ts";

/** Where schemas come from: texts, or descriptors. */
export interface FileSource {
  /** What the user asked for -> import path; or the problem with it. */
  toImportPath(asked: string): { readonly path: string } | { readonly problem: string };
  /** Reads the file of an import path. */
  open(
    importPath: string,
    isAsked: boolean,
  ): OpenedFile | { readonly problem: string; readonly rule: string };
}

export interface OpenedFile {
  readonly file: FileNode;
  readonly errors: readonly ScanError[];
  /** A mistake hides names: what is not found in the file may well exist. */
  readonly hasLostNames: boolean;
}

/** Schemas as texts, on disk and among those that come with the tool. */
export function createTextSource(finder: FileFinder): FileSource {
  return {
    toImportPath: (asked) => finder.toImportPath(asked),
    open(importPath, isAsked) {
      const found = finder.read(importPath);
      if ("problem" in found) return found;
      const origin = found.origin === "bundled" ? "bundled" : isAsked ? "asked" : "import";
      return parseFile(importPath, found.text, origin);
    },
  };
}
