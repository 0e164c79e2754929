import { stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Generation } from "./generation.ts";
import { commonFolder, findIncludeRoot } from "./include-root.ts";
import { errorCode, ioError } from "./io-error.ts";
import { readManifest } from "./manifest.ts";
import { ProjectError } from "./project-error.ts";
import { findProtoFiles } from "./proto-files.ts";
import { isInside } from "./safe-path.ts";

export interface FolderGenerationOptions {
  /** .proto files and folders of them, as the user typed them. */
  readonly paths: readonly string[];
  /** Include paths as typed; empty: found by looking at the imports. */
  readonly includePaths: readonly string[];
  /** Output folder as typed. */
  readonly out: string;
  readonly importExtension: "ts" | "js";
  /** What typed paths are relative to. */
  readonly cwd: string;
}

/**
 * Named schemas into one folder, without a project around. The folder is its own root: the manifest lies in its
 * `.micro`, so that it can be moved, and generated into from anywhere.
 */
export async function folderGeneration(options: FolderGenerationOptions): Promise<Generation> {
  const { cwd, importExtension } = options;
  const inputs: Input[] = [];
  for (const path of options.paths) inputs.push(await readInput(path, cwd));

  const includePaths =
    options.includePaths.length > 0
      ? options.includePaths.map((path) => resolve(cwd, path))
      : await findIncludePaths(inputs);
  const files = [
    ...new Set(inputs.flatMap((input) => input.files.map((file) => toImportPath(file, includePaths, cwd)))),
  ];
  files.sort();

  const root = resolve(cwd, options.out);
  const manifest = await readManifest(root);
  const before = inputsOf(manifest.answers.inputs);
  const known = new Set(files);
  // Another schema's code in the same folder is not stale only because it was not named this time. A folder that was
  // generated from before speaks for all its files, also for those that are gone.
  const coversAll =
    before.every((file) => known.has(file)) ||
    (inputs.some(({ isFolder }) => isFolder) && before.some((file) => known.has(file)));
  const recorded = coversAll ? files : [...new Set([...before, ...files])].sort();
  return {
    root,
    includePaths,
    cwd,
    files: inputs.flatMap((input) => input.files),
    outs: ["."],
    importExtension,
    owns: () => coversAll,
    answers: { ...manifest.answers, inputs: recorded },
  };
}

interface Input {
  /** Absolute. */
  readonly folder: string;
  readonly isFolder: boolean;
  /** Absolute. */
  readonly files: readonly string[];
}

async function readInput(path: string, cwd: string): Promise<Input> {
  const absolute = resolve(cwd, path);
  let isFolder: boolean;
  try {
    isFolder = (await stat(absolute)).isDirectory();
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") {
      throw new ProjectError("invalid", `There is no ${path}; check the spelling.`);
    }
    throw ioError(error, "read", path);
  }
  if (!isFolder && !path.endsWith(".proto")) {
    throw new ProjectError("invalid", `${path} is no .proto file; name one, or a folder of them.`);
  }
  if (!isFolder) return { folder: dirname(absolute), isFolder, files: [absolute] };
  const files = await findProtoFiles(absolute, path);
  if (files.length === 0) throw new ProjectError("invalid", `There is no .proto file in ${path}.`);
  return { folder: absolute, isFolder, files: files.map((file) => join(absolute, file)) };
}

/** One root for all where that resolves every import, else one for each input. */
async function findIncludePaths(inputs: readonly Input[]): Promise<string[]> {
  const together = await findIncludeRoot(
    commonFolder(inputs.map(({ folder }) => folder)),
    inputs.flatMap(({ files }) => files),
  );
  if (together !== undefined) return [together];
  const roots = new Set<string>();
  for (const { folder, files } of inputs) roots.add((await findIncludeRoot(folder, files)) ?? folder);
  return [...roots].sort();
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

function inputsOf(answer: unknown): string[] {
  return Array.isArray(answer) ? answer.filter((item) => typeof item === "string") : [];
}
