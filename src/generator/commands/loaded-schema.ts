import type { Generation, Generator } from "../project/index.ts";
import { SchemaError } from "../schema/diagnostic.ts";
import type { Schema } from "../schema/schema.ts";
import { locateIn } from "./locate-schema-file.ts";
import { reportSchemaError } from "./print-diagnostics.ts";
import type { CommandContext } from "./run.ts";

/** The schemas on disk; undefined when they have mistakes, which are told then. */
export async function loadedSchema(
  { files, includePaths, search, root, cwd = root }: Generation,
  context: CommandContext,
  generator: Generator | undefined,
): Promise<Schema | undefined> {
  const loadSchema = generator?.loadSchema ?? (await import("../check/index.ts")).loadSchema;
  try {
    return await loadSchema({ files, includePaths, cwd, ...search });
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    reportSchemaError(context.terminal, error, locateIn(includePaths, context.cwd));
    return undefined;
  }
}
