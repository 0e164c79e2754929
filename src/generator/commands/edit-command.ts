import type { Command } from "commander";
import {
  type EditableSchema,
  type EventChange,
  findProject,
  type Generator,
  LAST_COMMIT,
  microJsonPath,
  projectGeneration,
  type Recalled,
  type SchemaEdit,
} from "../project/index.ts";
import { judgeChanges, type Verdict } from "./breaking-gate.ts";
import { carryOut } from "./carry-out.ts";
import { createCommand } from "./create-command.ts";
import { CommandError, ExitCode } from "./exit-codes.ts";
import { loadedSchema } from "./loaded-schema.ts";
import type { MicroGenOptions } from "./micro-gen-options.ts";
import { createProgress } from "./progress.ts";
import type { CommandContext } from "./run.ts";

/** What a command makes of the project's schemas. */
export interface SchemaChangeRequest {
  readonly edits: readonly SchemaEdit[];
  readonly event?: EventChange | undefined;
  /** What goes: no gate holds it back as long as it was never committed. */
  readonly fullName?: string;
  /** Said at the end: what to do next. */
  readonly advice?: readonly string[];
  readonly refuse?: (notes: Recalled["notes"]) => string | undefined;
}

/** `add` and `destroy` with the options both have. */
export function createEditCommand(name: string, { terminal }: CommandContext): Command {
  return createCommand(`micro-gen ${name}`, terminal);
}

/** Options of `micro-gen` that its commands have, too. */
export function withPlanOptions(command: Command): Command {
  return command
    .option("-n, --dry-run", "show what would be done, write nothing")
    .option("--diff", "show what would change as unified diffs, write nothing")
    .option("--json", "print the plan as JSON")
    .option("-q, --quiet", "print errors only")
    .option("--verbose", "also list what stays as it is");
}

/**
 * Changes the schemas of the project around and brings its code in step, as one plan: nothing is written when any of it
 * cannot be.
 */
export async function editSchema(
  context: CommandContext,
  options: MicroGenOptions,
  change: (editable: EditableSchema) => Promise<SchemaChangeRequest> | SchemaChangeRequest,
  generator?: Generator,
): Promise<number> {
  const { cwd, terminal } = context;
  const project = await findProject(cwd);
  if (project === undefined)
    throw new CommandError(
      ExitCode.usage,
      `There is no ${microJsonPath} here or above; this command works in a project. Make one with create-micro-service.`,
    );
  const generation = await projectGeneration(project);
  const schema = await loadedSchema(generation, context, generator);
  if (schema === undefined) return ExitCode.invalidSchema;
  const { edits, event, advice = [], refuse, fullName } = await change({ generation, schema });

  const drafts = new Map(
    edits.flatMap(({ file, after }) => (after === undefined ? [] : [[file, after] as const])),
  );
  const gone = new Set(edits.flatMap(({ file, after }) => (after === undefined ? [file] : [])));
  const files = [...new Set([...generation.files, ...drafts.keys()])].filter((file) => !gone.has(file));
  const silent = options.quiet === true || options.json === true;
  const progress = createProgress(terminal.err, { shown: !silent && terminal.err.isTerminal });
  try {
    const exitCode = await carryOut(
      {
        context,
        options,
        generation: { ...generation, files, search: { ...generation.search, drafts } },
        progress,
        edits,
        event,
        gate: async (next, snapshots, renames) => {
          const verdict = await judgeChanges(generation, options, context, {
            schema: next,
            snapshots,
            renames,
          });
          return fullName === undefined ? verdict : allowing(verdict, fullName);
        },
        ...(refuse && { refuse }),
      },
      generator,
    );
    if (exitCode === ExitCode.ok && !silent) for (const line of advice) terminal.err.line(line);
    return exitCode;
  } finally {
    progress.end();
  }
}

/** Undoing what only the disk knows breaks nobody. */
function allowing(verdict: Verdict, fullName: string): Verdict {
  if (verdict.against === LAST_COMMIT) return verdict;
  const isIt = (name: string) => name === fullName || name.startsWith(`${fullName}.`);
  return {
    ...verdict,
    changes: verdict.changes.map((one) =>
      one.fate === "refused" && isIt(one.change.name) ? { ...one, fate: "allowed" } : one,
    ),
  };
}
