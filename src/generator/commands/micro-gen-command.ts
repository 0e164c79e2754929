import type { Generator } from "../project/index.ts";
import type { AskRename } from "./decide-renames.ts";
import { ExitCode } from "./exit-codes.ts";
import { type MicroGenOptions, readMicroGenOptions } from "./micro-gen-options.ts";
import type { CommandContext } from "./run.ts";

/** A command of micro-gen's own: `micro-gen add rpc ...`. */
export type Subcommand = (context: CommandContext, generator?: Generator) => Promise<number>;

/** Loaded when called: a plain run needs none of them. */
const subcommands: Readonly<Record<string, () => Promise<Subcommand>>> = {
  add: async () => (await import("./add.ts")).add,
  client: async () => (await import("./client.ts")).clientCommand,
  destroy: async () => (await import("./destroy.ts")).destroy,
};

/**
 * `micro-gen`: its first word may be a command, else it is about the schemas of the project. A folder of such a name is
 * `./add`.
 *
 * @param generator the rooms that turn schemas into code; tests bring their own
 * @param ask how to ask about names; tests answer themselves
 */
export async function microGenCommand(
  context: CommandContext,
  generator?: Generator,
  ask?: AskRename,
): Promise<number> {
  const [word = "", ...argv] = context.argv;
  const load = Object.hasOwn(subcommands, word) ? subcommands[word] : undefined;
  if (load !== undefined) return (await load())({ ...context, argv }, generator);
  const { microGen } = await import("./micro-gen.ts");
  const code = await microGen(context, generator, ask);
  const { options } = readMicroGenOptions(context);
  if (!options.check || options.offline || options.out !== undefined) return code;
  const online = await checkOthers(options, context);
  return code === ExitCode.ok ? online : code;
}

/** What `--check` is about besides the project's own files: services elsewhere that it has clients of. */
async function checkOthers(options: MicroGenOptions, context: CommandContext): Promise<number> {
  const { findProject, readManifest, readPinnedClients } = await import("../project/index.ts");
  const project = await findProject(context.cwd);
  if (project === undefined) return ExitCode.ok;
  const clients = readPinnedClients((await readManifest(project.root)).answers);
  if (clients.length === 0) return ExitCode.ok;
  const { clientStates, tellStates } = await import("./check-clients.ts");
  const given = { context, options, home: { root: project.root, project, settings: {} }, clients };
  return tellStates(await clientStates(given), given);
}
