import { interpretAllOptions } from "./all-options.ts";
import { buildFile } from "./build-schema.ts";
import { createBundledSchemas } from "./bundled.ts";
import { encodeDescriptorSet } from "./descriptor.ts";
import { createDescriptorSource } from "./descriptor-source.ts";
import { type Diagnostic, SchemaError } from "./diagnostic.ts";
import { createTextSource } from "./file-source.ts";
import { createFileFinder } from "./find-files.ts";
import { type Linked, link } from "./linked.ts";
import { type ReadFiles, readFiles } from "./read-files.ts";
import type { Enum, Extension, Message, Schema } from "./schema.ts";

export interface LoadSchemaOptions {
  /** The .proto files asked for: paths on disk, or import paths as `import` would name them. */
  readonly files: readonly string[];
  /** Folders in which imports are looked up, first one first. Default: `cwd`. */
  readonly includePaths?: readonly string[];
  /** Does a file below an include path count? By its absolute path, for `excludes` of a buf.yaml. Default: all do. */
  readonly accepts?: (path: string) => boolean;
  /** Texts that are not on disk yet and count instead of what is, by absolute path. Default none. */
  readonly drafts?: ReadonlyMap<string, string>;
  /** Modules of a registry that nobody fetches, for the message about an import that is not found. Default none. */
  readonly remoteModules?: readonly string[];
  /** What relative paths are relative to. Default: the process's. */
  readonly cwd?: string;
}

/** What was read, before anybody judged it. */
export interface ReadSchema {
  readonly linked: Linked;
  /** Files whose text could not be read to the end: rules about what is missing do not hold for them. */
  readonly broken: ReturnType<typeof readFiles>["broken"];
  /** Everything found wrong while reading, linking and interpreting options. */
  readonly diagnostics: readonly Diagnostic[];
  /** The Schema; only for what has no diagnostics. */
  build(): Schema;
}

/** Reads .proto files with all they import. Reads below the include paths only and writes nothing. */
export async function readSchema({
  files,
  includePaths = [],
  cwd = process.cwd(),
  accepts,
  drafts,
  remoteModules,
}: LoadSchemaOptions): Promise<ReadSchema> {
  const finder = createFileFinder(
    { cwd, includePaths, accepts, drafts, remoteModules },
    createBundledSchemas(),
  );
  const read = readFiles(createTextSource(finder), files);
  return toReadSchema(read);
}

export interface LoadDescriptorSetOptions {
  /** An encoded google.protobuf.FileDescriptorSet with all imports and, for comments and positions, source info. */
  readonly descriptorSet: Uint8Array;
  /** Import paths of the files asked for. Default: all but those that come with the tool. */
  readonly files?: readonly string[];
  /** What the set is called in messages. Default: `the descriptor set`. */
  readonly name?: string;
}

/**
 * Reads schemas that somebody else has compiled. The result is that of `readSchema` for the same files.
 *
 * @throws SchemaError when the bytes are no descriptor set, or hold names that are none
 */
export async function readDescriptorSet({
  descriptorSet,
  files,
  name = "the descriptor set",
}: LoadDescriptorSetOptions): Promise<ReadSchema> {
  const source = createDescriptorSource(descriptorSet, name, createBundledSchemas());
  const read = readFiles(source, files ?? source.ownPaths);
  if (source.impossibleNames.length > 0) throw new SchemaError(source.impossibleNames);
  return toReadSchema(read, (linked) => source.decodeOptions(linked));
}

/**
 * Import paths of the files in a set, without those that come with the tool.
 *
 * @throws SchemaError when the bytes are no descriptor set
 */
export async function listDescriptorSet({
  descriptorSet,
  name = "the descriptor set",
}: Omit<LoadDescriptorSetOptions, "files">): Promise<string[]> {
  return [...createDescriptorSource(descriptorSet, name, createBundledSchemas()).ownPaths];
}

/** @param beforeOptions what is to be done once names are known */
function toReadSchema(read: ReadFiles, beforeOptions?: (linked: Linked) => void): ReadSchema {
  const { linked, diagnostics } = link(read.files, read.incomplete);
  beforeOptions?.(linked);
  const interpreted = interpretAllOptions(linked);

  const build = (): Schema => {
    // descriptor.proto is always read, to know the options; it is part of the schema only when somebody imports it.
    const wanted = read.files.filter((file) => read.reachable.has(file));
    const built = wanted.map((file) => buildFile(linked, file, interpreted.options));
    built.sort((a, b) => (a.path < b.path ? -1 : 1));
    const messages = new Map<string, Message>();
    const enums = new Map<string, Enum>();
    const extensions = new Map<string, Extension>();
    const collect = (node: Pick<Message, "messages" | "enums" | "extensions">) => {
      for (const child of node.extensions) extensions.set(child.fullName, child);
      for (const child of node.enums) enums.set(child.fullName, child);
      for (const child of node.messages) {
        messages.set(child.fullName, child);
        collect(child);
      }
    };
    for (const file of built) collect(file);
    return {
      files: built,
      messages,
      enums,
      extensions,
      descriptorSet: encodeDescriptorSet(linked, wanted, interpreted.options),
    };
  };

  return {
    linked,
    broken: read.broken,
    diagnostics: [...read.diagnostics, ...diagnostics, ...interpreted.diagnostics],
    build,
  };
}
