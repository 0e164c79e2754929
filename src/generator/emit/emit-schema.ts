import type { Schema, SchemaFile } from "../schema/schema.ts";
import { printCodecFile } from "./codec-file.ts";
import type { EmitOptions, GeneratedFile } from "./emit.ts";
import { withInt64 } from "./int64.ts";
import { checkDistinct, outputStem } from "./output-path.ts";
import { createScope, type Scope } from "./scope.ts";
import { printServiceFile } from "./service-file.ts";
import { printTypesFile } from "./types-file.ts";

/** Name of the file with the descriptors of everything, one per output folder. */
export const SCHEMA_FILE = "schema.binpb";

/**
 * Turns a schema into files. Pure: the same Schema and options give the same files in the same order (by path).
 *
 * @throws OutputPathError for schema paths that are no portable file names or would fall on the same file
 */
export function emitSchema(schema: Schema, options: EmitOptions = {}): GeneratedFile[] {
  return [...emitEach(schema, options)].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * The files of `emitSchema` in no particular order, each printed when it is asked for: all of them at once may take a lot
 * of memory.
 *
 * @throws OutputPathError before the first file
 */
export function* emitEach(schema: Schema, options: EmitOptions = {}): Generator<GeneratedFile> {
  const scope = createScope(withInt64(schema, options.int64 ?? "bigint"));
  const modules = scope.files.flatMap((file) => modulesOf(scope, file));
  checkDistinct([SCHEMA_FILE, ...modules.map(({ path }) => path)].sort());
  yield { path: SCHEMA_FILE, content: schema.descriptorSet };
  for (const module of modules) yield printModule(scope, module, options);
}

/** The TypeScript files of a scope. */
export function emitScope(scope: Scope, options: EmitOptions): GeneratedFile[] {
  return scope.files.flatMap((file) =>
    modulesOf(scope, file).map((module) => printModule(scope, module, options)),
  );
}

/** A file to be, not yet printed. */
interface Module {
  readonly path: string;
  readonly file: SchemaFile;
  readonly print: typeof printTypesFile;
}

function modulesOf(scope: Scope, file: SchemaFile): Module[] {
  const stem = outputStem(file.path);
  const modules: [suffix: string, print: typeof printTypesFile][] = [];
  // A file with services only has no types; one without anything still is a module, for whoever imports it.
  if (scope.declarations(file).length > 0 || scope.extensions(file).length > 0)
    modules.push(["", printTypesFile], [".codec", printCodecFile]);
  if (file.services.length > 0) modules.push([".service", printServiceFile]);
  if (modules.length === 0) modules.push(["", printTypesFile]);
  return modules.map(([suffix, print]) => ({ path: `${stem}${suffix}.ts`, file, print }));
}

function printModule(
  scope: Scope,
  { path, file, print }: Module,
  { importExtension = "ts" }: EmitOptions,
): GeneratedFile {
  return { path, content: print(scope, file, path, importExtension) };
}
