import { stat } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { SCHEMA_FILE } from "../../emit/index.ts";
import {
  type Diagnostic,
  formatDiagnostic,
  type LoadSchemaOptions,
  type ReadSchema,
  readDescriptorSet,
  readSchema,
  readSetFile,
  type Schema,
  SchemaError,
} from "../../schema/index.ts";
import type { Generation } from "../generation.ts";
import { errorCode } from "../io-error.ts";
import { findProject } from "../project.ts";
import { ProjectError } from "../project-error.ts";
import { projectGeneration } from "../project-generation.ts";
import { readProtoInput } from "../proto-input.ts";
import { protoSearch } from "../proto-search.ts";
import { isInside } from "../safe-path.ts";
import type { SchemaSnapshots } from "../schema-snapshot.ts";
import { type GitRepository, openGitRepository, whyNoRepository } from "./git-repository.ts";

/** What a baseline from git's HEAD is called. */
export const LAST_COMMIT = "the last commit";

/** The schemas that a change is measured against. */
export interface Baseline {
  /** As the user knows it: `origin/main`, `old.binpb`, `the last commit`. */
  readonly name: string;
  readonly schema: Schema;
}

/**
 * What `--against` names: a folder with schemas or one of them, a file with a FileDescriptorSet, else a revision of git. `git:main`,
 * `file:main` and `dir:main` say which.
 *
 * @param generation what is compared with it; says where its schemas are at a revision
 * @throws ProjectError `invalid` when it is none of these, or cannot be understood
 */
export async function readBaseline(against: string, generation: Generation, cwd: string): Promise<Baseline> {
  const [, form, name = ""] = /^(?:(git|file|dir):)?(.*)$/s.exec(against) ?? [];
  const info = form === "git" ? undefined : await statOf(resolve(cwd, name));
  const isText = info?.isFile() && name.endsWith(".proto");
  if (form === "dir" || (form === undefined && (info?.isDirectory() || isText))) return fromFolder(name, cwd);
  if (form === "file" || (form === undefined && info?.isFile())) {
    return descriptorSetBaseline(await readBytes(resolve(cwd, name), name), name);
  }
  const [file = ""] = generation.files;
  const place = isAbsolute(file) ? dirname(file) : cwd;
  const repository = await openGitRepository(place);
  const commit = await repository?.resolve(name);
  if (repository !== undefined && commit !== undefined)
    return fromRevision(repository, commit, name, generation);
  const git =
    repository === undefined
      ? `and there is no git repository (${await whyNoRepository(place)}).`
      : "and no revision of this git repository; check the spelling, or fetch it.";
  throw new ProjectError("invalid", `${name} is no folder, no file with descriptors, ${git}`);
}

/**
 * Schemas as descriptors: a file, or what a running service answers.
 *
 * @param bytes an encoded google.protobuf.FileDescriptorSet
 * @param name what it is called in messages
 */
export async function descriptorSetBaseline(bytes: Uint8Array, name: string): Promise<Baseline> {
  return { name, schema: await build(name, () => readDescriptorSet({ descriptorSet: bytes, name })) };
}

export interface SnapshotOptions {
  /** What was generated and not committed counts, too. */
  readonly drafts: boolean;
  readonly snapshots: SchemaSnapshots;
}

/**
 * What the code of a generation was last made from, by the `schema.binpb` of its output folders. In a git repository that
 * is the committed one: what was never committed is nobody's to miss. Elsewhere, where git is told to ignore it, and for
 * whoever asks for drafts, it is the one on disk; so it is where what was committed is no schema. Undefined when there is none, when it cannot be read, or when what is on
 * disk is what is to be written anyway.
 *
 * @throws ProjectError `io` when git cannot read what was committed
 * @param now the descriptor set that is to be written; undefined: the answer is wanted whatever is on disk
 */
export async function snapshotBaseline(
  generation: Generation,
  now: Uint8Array | undefined,
  { drafts, snapshots }: SnapshotOptions,
): Promise<Baseline | undefined> {
  /** One that was cut off or edited tells nothing; it is written anew. */
  const named = async (bytes: Uint8Array, name: string): Promise<Baseline | undefined> => {
    const schema = await snapshots.read(bytes);
    return schema && { name, schema };
  };
  for (const out of generation.outs) {
    const path = join(generation.root, out, SCHEMA_FILE);
    const onDisk = await readSetFile(path).catch(() => undefined);
    if (now !== undefined && onDisk !== undefined && Buffer.compare(onDisk, now) === 0) continue;
    const repository = await openGitRepository(generation.root);
    const committed = await repository?.read("HEAD", path);
    const last = committed && (await named(committed, LAST_COMMIT));
    if (last !== undefined) return last;
    const counts =
      committed !== undefined || drafts || repository === undefined || (await repository.ignores(path));
    if (onDisk !== undefined && counts) return named(onDisk, "the code as it was last generated");
  }
  return undefined;
}

async function readBytes(path: string, name: string): Promise<Uint8Array> {
  try {
    return await readSetFile(path);
  } catch (error) {
    const message =
      errorCode(error) === "ENOENT"
        ? `There is no file ${name}; check the spelling.`
        : `Cannot read ${name}: ${(error as Error).message}; give a file that protoc --descriptor_set_out has made.`;
    throw new ProjectError("invalid", message);
  }
}

async function fromFolder(name: string, cwd: string): Promise<Baseline> {
  const folder = resolve(cwd, name);
  const project = await findProject(folder);
  const options =
    project?.root === folder
      ? await projectGeneration(project)
      : await protoSearch([await readProtoInput(name, cwd)], [], cwd);
  const { files, includePaths, search } = options;
  return { name, schema: await build(name, () => readSchema({ files, includePaths, ...search, cwd })) };
}

/** The schemas lie where they do now; what is not committed, such as exported modules of buf, is read from disk. */
async function fromRevision(
  repository: GitRepository,
  commit: string,
  name: string,
  generation: Generation,
): Promise<Baseline> {
  const { includePaths, search, root, folders = [], cwd = root } = generation;
  const committed = await repository.list(commit, includePaths, ".proto");
  const drafts = new Map(
    committed.map(({ path, content }) => [join(repository.top, path), content.toString("utf8")]),
  );
  const accepts = search?.accepts ?? (() => true);
  // Of whole folders also what is gone since; else what is named.
  const asked = new Set(generation.files);
  const isAsked = (file: string) => asked.has(file) || folders.some((folder) => isInside(folder, file));
  const files = [...drafts.keys()].filter((file) => isAsked(file) && accepts(file));
  if (files.length === 0) {
    throw new ProjectError(
      "invalid",
      `${name} has none of these schemas; compare with a revision that does.`,
    );
  }
  const options: LoadSchemaOptions = { files, includePaths, cwd, ...search, drafts };
  return { name, schema: await build(name, () => readSchema(options)) };
}

/** Old schemas are taken as they are: rules that came later are not held against them. */
async function build(name: string, read: () => Promise<ReadSchema>): Promise<Schema> {
  let mistakes: readonly Diagnostic[];
  try {
    const { diagnostics, build: toSchema } = await read();
    if (diagnostics.length === 0) return toSchema();
    mistakes = diagnostics;
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    mistakes = error.diagnostics;
  }
  const [first] = mistakes;
  throw new ProjectError(
    "invalid",
    `The schemas of ${name} cannot be compared with: ${formatDiagnostic(first!)}`,
  );
}

async function statOf(path: string) {
  return stat(path).catch(() => undefined);
}
