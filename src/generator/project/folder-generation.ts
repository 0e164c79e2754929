import { dirname, relative, resolve, sep } from "node:path";
import type { Int64Type } from "../emit/emit.ts";
import type { Generation } from "./generation.ts";
import { ownershipOf } from "./ownership.ts";
import { ProjectError } from "./project-error.ts";
import { type ProtoInput, readProtoInput } from "./proto-input.ts";
import { protoSearch } from "./proto-search.ts";
import { isInside } from "./safe-path.ts";

export interface FolderGenerationOptions {
  /** .proto files and folders of them, as the user typed them. */
  readonly paths: readonly string[];
  /** Include paths as typed; looked through before what a buf.yaml says. Empty: that, or found by looking at imports. */
  readonly includePaths: readonly string[];
  /** Output folder as typed. */
  readonly out: string;
  readonly importExtension: "ts" | "js";
  readonly int64?: Int64Type;
  /** What typed paths are relative to. */
  readonly cwd: string;
}

/**
 * Named schemas into one folder, without a project around. The folder is its own root: the manifest lies in its
 * `.micro`, so that it can be moved, and generated into from anywhere.
 */
export async function folderGeneration(options: FolderGenerationOptions): Promise<Generation> {
  const { cwd, importExtension, int64 } = options;
  const inputs: ProtoInput[] = [];
  for (const path of options.paths) inputs.push(await readProtoInput(path, cwd));

  const typed = options.includePaths.map((path) => resolve(cwd, path));
  const { includePaths, files, search } = await protoSearch(inputs, typed, cwd);
  const importPaths = uniqueImportPaths(files, includePaths, cwd);

  const root = resolve(cwd, options.out);
  return {
    root,
    includePaths,
    cwd,
    files,
    folders: inputs.flatMap(({ isFolder, folder }) => (isFolder ? [folder] : [])),
    search,
    outs: ["."],
    importExtension,
    ...(int64 !== undefined && { int64 }),
    ...(await ownershipOf(root, importPaths, { isWhole: inputs.some(({ isFolder }) => isFolder) })),
  };
}

/** Sorted. Two modules of a workspace may not have the same path: imports would mean either. */
function uniqueImportPaths(files: readonly string[], includePaths: readonly string[], cwd: string): string[] {
  const byPath = new Map<string, string>();
  for (const file of files) {
    const path = toImportPath(file, includePaths, cwd);
    const other = byPath.get(path);
    if (other !== undefined && other !== file) {
      const [a, b] = [other, file].map((one) => relative(cwd, one));
      throw new ProjectError("invalid", `${a} and ${b} have the same import path, ${path}; rename one.`);
    }
    byPath.set(path, file);
  }
  return [...byPath.keys()].sort();
}

function toImportPath(file: string, includePaths: readonly string[], cwd: string): string {
  const root = includePaths.find((path) => isInside(path, file));
  if (root !== undefined) return relative(root, file).split(sep).join("/");
  const shown = relative(cwd, file);
  throw new ProjectError(
    "invalid",
    `${shown} is below none of the include paths; add one with -I ${dirname(shown)}.`,
  );
}
