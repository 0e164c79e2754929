import type { Schema } from "../schema/schema.ts";
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
  const files = [
    ...emitScope(createScope(withInt64(schema, options.int64 ?? "bigint")), options),
    { path: SCHEMA_FILE, content: schema.descriptorSet },
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  checkDistinct(files.map((file) => file.path));
  return files;
}

/** The TypeScript files of a scope. */
export function emitScope(scope: Scope, { importExtension = "ts" }: EmitOptions): GeneratedFile[] {
  return scope.files.flatMap((file) => {
    const stem = outputStem(file.path);
    const modules: [suffix: string, print: typeof printTypesFile][] = [];
    // A file with services only has no types; one without anything still is a module, for whoever imports it.
    if (scope.declarations(file).length > 0 || scope.extensions(file).length > 0)
      modules.push(["", printTypesFile], [".codec", printCodecFile]);
    if (file.services.length > 0) modules.push([".service", printServiceFile]);
    if (modules.length === 0) modules.push(["", printTypesFile]);
    return modules.map(([suffix, print]) => {
      const path = `${stem}${suffix}.ts`;
      return { path, content: print(scope, file, path, importExtension) };
    });
  });
}
