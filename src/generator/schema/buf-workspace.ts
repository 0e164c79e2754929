import { readFile, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { type BufConfig, type BufModule, parseBufWorkYaml, parseBufYaml } from "./buf-config.ts";
import { SchemaError } from "./diagnostic.ts";
import { maxYamlBytes as maxBytes } from "./read-yaml.ts";

/** Where buf looks for the schemas of a folder. */
export interface BufWorkspace {
  /** Absolute path of the buf.yaml or buf.work.yaml that says so. */
  readonly file: string;
  /** Absolute folders import paths start from, in the order of the file. */
  readonly roots: readonly string[];
  /** Does a file, by its absolute path, belong to a module? */
  contains(path: string): boolean;
  /** Modules of a registry that the workspace needs and does not hold. */
  readonly deps: readonly string[];
}

/**
 * The workspace a folder belongs to, looked for as buf does: upwards, a buf.work.yaml or a buf.yaml of version v2 with a
 * module in, below or above the folder; else the nearest older buf.yaml, which is one module. Undefined for none.
 *
 * @param folder absolute
 * @param cwd what paths in diagnostics are relative to
 * @throws SchemaError when one of these files cannot be understood
 */
export async function findBufWorkspace(folder: string, cwd: string): Promise<BufWorkspace | undefined> {
  let module: BufWorkspace | undefined;
  for (let current = resolve(folder); ; current = dirname(current)) {
    const workspace = (await readWork(current, cwd)) ?? (await readYamlOf(current, cwd));
    if (workspace !== undefined && reaches(workspace.space, folder)) {
      if (workspace.isWhole) return workspace.space;
      module ??= workspace.space;
    }
    if (dirname(current) === current) return module;
  }
}

interface Found {
  readonly space: BufWorkspace;
  /** Nothing above can be about it. */
  readonly isWhole: boolean;
}

async function readYamlOf(folder: string, cwd: string): Promise<Found | undefined> {
  const file = join(folder, "buf.yaml");
  const config = await readConfig(file, cwd);
  if (config === undefined) return undefined;
  return { space: createWorkspace(file, [{ folder, config }]), isWhole: config.version === "v2" };
}

async function readWork(folder: string, cwd: string): Promise<Found | undefined> {
  const file = join(folder, "buf.work.yaml");
  const text = await readText(file, cwd);
  if (text === undefined) return undefined;
  const read = await parseBufWorkYaml(text, shown(file, cwd));
  if ("diagnostics" in read) throw new SchemaError(read.diagnostics);
  const members: Member[] = [];
  for (const directory of read.directories) {
    const home = join(folder, directory);
    const config = await readConfig(join(home, "buf.yaml"), cwd);
    members.push({ folder: home, config: config ?? plainModule });
  }
  return { space: createWorkspace(file, members), isWhole: true };
}

/** A folder that has no buf.yaml of its own. */
const plainModule: BufConfig = {
  version: "v1",
  modules: [{ root: ".", includes: [], excludes: [], name: undefined }],
  deps: [],
};

interface Member {
  /** Absolute; what the config's paths are relative to. */
  readonly folder: string;
  readonly config: BufConfig;
}

function createWorkspace(file: string, members: readonly Member[]): BufWorkspace {
  const modules = members.flatMap(({ folder, config }) =>
    config.modules.map((module) => absolute(module, folder)),
  );
  const names = new Set(modules.flatMap(({ name }) => name ?? []));
  const deps = new Set(members.flatMap(({ config }) => config.deps).filter((dep) => !names.has(dep)));
  return {
    file,
    roots: [...new Set(modules.map(({ root }) => root))],
    contains: (path) =>
      modules.some(
        ({ root, includes, excludes }) =>
          isInside(root, path) &&
          (includes.length === 0 || includes.some((folder) => isInside(folder, path))) &&
          !excludes.some((folder) => isInside(folder, path)),
      ),
    deps: [...deps],
  };
}

function absolute(module: BufModule, folder: string): BufModule {
  const here = (path: string) => join(folder, path);
  return {
    ...module,
    root: here(module.root),
    includes: module.includes.map(here),
    excludes: module.excludes.map(here),
  };
}

function reaches({ roots }: BufWorkspace, folder: string): boolean {
  return roots.some((root) => root === folder || isInside(root, folder) || isInside(folder, root));
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== "" && !isAbsolute(way) && way.split(sep)[0] !== "..";
}

async function readConfig(file: string, cwd: string): Promise<BufConfig | undefined> {
  const text = await readText(file, cwd);
  if (text === undefined) return undefined;
  const read = await parseBufYaml(text, shown(file, cwd));
  if ("diagnostics" in read) throw new SchemaError(read.diagnostics);
  return read.config;
}

async function readText(file: string, cwd: string): Promise<string | undefined> {
  try {
    const info = await stat(file);
    if (info.isFile() && info.size <= maxBytes) return await readFile(file, "utf8");
    const position = { file: shown(file, cwd), line: 1, column: 1 };
    const message = info.isFile() ? `The file is larger than ${maxBytes / 1024} KiB.` : "This is not a file.";
    throw new SchemaError([{ position, rule: "buf-config", message }]);
  } catch (error) {
    if (error instanceof SchemaError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    const position = { file: shown(file, cwd), line: 1, column: 1 };
    const message = `The file cannot be read (${code}).`;
    throw new SchemaError([{ position, rule: "unreadable-file", message }]);
  }
}

function shown(file: string, cwd: string): string {
  return relative(cwd, file).split(sep).join("/");
}
