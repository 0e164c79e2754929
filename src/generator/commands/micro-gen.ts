import { type Generation, type Generator, openRunMemory } from "../project/index.ts";
import { judgeChanges } from "./breaking-gate.ts";
import { carryOut, isWriting, type Run } from "./carry-out.ts";
import { type AskRename, askRename } from "./decide-renames.ts";
import { readMicroGenOptions } from "./micro-gen-options.ts";
import { chooseGeneration } from "./micro-gen-target.ts";
import { createProgress } from "./progress.ts";
import { reportPlan } from "./report-plan.ts";
import type { CommandContext } from "./run.ts";

/**
 * `micro-gen [proto...]`: brings generated code in step with its schemas. docs/micro-gen.md tells all of it.
 *
 * @param generator the rooms that turn schemas into code; tests bring their own
 * @param ask how to ask about names; tests answer themselves
 * @param elsewhere how services behind pinned clients are, when that is asked
 */
export async function microGen(
  context: CommandContext,
  generator?: Generator,
  ask: AskRename = askRename,
  elsewhere?: Run["elsewhere"],
): Promise<number> {
  const { paths, options } = readMicroGenOptions(context);
  const choose = () => chooseGeneration(paths, options, context.cwd);
  const run = (generation: Generation) =>
    runOnce({ context, options, generation, ask, elsewhere }, generator);
  if (!options.watch) return run(await choose());
  const { watchSchemas } = await import("./watch.ts");
  return watchSchemas(context, { choose, run });
}

async function runOnce(given: Omit<Run, "progress">, generator: Generator | undefined): Promise<number> {
  const { context, options, generation } = given;
  const { err } = context.terminal;
  const silent = options.quiet === true || options.json === true;
  const progress = createProgress(err, { shown: !silent && (err.isTerminal || options.verbose === true) });
  try {
    // Who forces or renames wants the work done; a printer of somebody else's is not known here.
    const { against, rename } = options;
    const remembers =
      generator === undefined && !options.force && rename === undefined && against === undefined;
    const memory = remembers ? openRunMemory(generation) : undefined;
    const gate: Run["gate"] = (schema, snapshots, renames) =>
      judgeChanges(generation, options, context, { schema, snapshots, renames });
    const run: Run = { ...given, progress, memory, gate };
    const recalled = memory?.recall();
    if (recalled !== undefined) return await reportPlan(recalled, run, isWriting(options));
    return await carryOut(run, generator);
  } finally {
    progress.end();
  }
}
