import { readCreateOptions } from "./create-options.ts";
import type { CommandContext } from "./run.ts";

/** `create-micro-service [dir]`: makes a new project. docs/create-micro-service.md tells all of it. */
export async function create(context: CommandContext): Promise<number> {
  const options = readCreateOptions(context);
  // Loaded only now: --help and a mistyped flag answer at once.
  const { runCreate } = await import("./run-create.ts");
  return runCreate(options, context);
}
