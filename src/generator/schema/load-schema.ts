import { checkSchema } from "../check/index.ts";
import { interpretAllOptions } from "./all-options.ts";
import { buildFile } from "./build-schema.ts";
import { createBundledSchemas } from "./bundled.ts";
import { encodeDescriptorSet } from "./descriptor.ts";
import type { Diagnostic } from "./diagnostic.ts";
import { SchemaError } from "./diagnostic.ts";
import { createFileFinder } from "./find-files.ts";
import { link } from "./linked.ts";
import { readFiles } from "./read-files.ts";
import type { Enum, Message, Schema } from "./schema.ts";

export interface LoadSchemaOptions {
  /** The .proto files asked for: paths on disk, or import paths as `import` would name them. */
  readonly files: readonly string[];
  /** Folders in which imports are looked up, first one first. Default: `cwd`. */
  readonly includePaths?: readonly string[];
  /** What relative paths are relative to. Default: the process's. */
  readonly cwd?: string;
}

/**
 * Reads .proto files with all they import into one `Schema`. Reads below the include paths only and writes nothing.
 *
 * @throws SchemaError with everything that is wrong, not the first thing.
 */
export async function loadSchema({
  files,
  includePaths = [],
  cwd = process.cwd(),
}: LoadSchemaOptions): Promise<Schema> {
  const { default: protobuf } = await import("protobufjs");
  const finder = createFileFinder(cwd, includePaths, createBundledSchemas(protobuf));
  const read = readFiles(finder, files);
  const { linked, diagnostics } = link(read.files, read.incomplete);
  const interpreted = interpretAllOptions(linked);
  const found = [
    ...read.diagnostics,
    ...diagnostics,
    ...interpreted.diagnostics,
    ...checkSchema(linked, read.broken),
  ];
  if (found.length > 0) throw new SchemaError(sortDiagnostics(found));

  // descriptor.proto is always read, to know the options; it is part of the schema only when somebody imports it.
  const wanted = read.files.filter((file) => read.reachable.has(file));
  const built = wanted.map((file) => buildFile(linked, file, interpreted.options));
  built.sort((a, b) => compare(a.path, b.path));
  const messages = new Map<string, Message>();
  const enums = new Map<string, Enum>();
  const collect = (node: { messages: readonly Message[]; enums: readonly Enum[] }) => {
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
    descriptorSet: encodeDescriptorSet(() => protobuf.Writer.create(), linked, wanted, interpreted.options),
  };
}

/** In order of file, line and column; the same complaint about the same place once. */
function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const sorted = [...diagnostics].sort(
    ({ position: a, ...left }, { position: b, ...right }) =>
      compare(a.file, b.file) ||
      a.line - b.line ||
      a.column - b.column ||
      compare(left.message, right.message),
  );
  const key = ({ position, message }: Diagnostic) =>
    `${position.file}:${position.line}:${position.column} ${message}`;
  return sorted.filter((one, index) => index === 0 || key(one) !== key(sorted[index - 1]!));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
