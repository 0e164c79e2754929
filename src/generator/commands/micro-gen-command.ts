import type { Generator } from "../project/index.ts";
import { SchemaError } from "../schema/diagnostic.ts";
import type { ClientState } from "./check-clients.ts";
import type { AskRename } from "./decide-renames.ts";
import { CommandError, ExitCode } from "./exit-codes.ts";
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
  // Before anything is loaded: --help and --version end here.
  const { options } = readMicroGenOptions(context);
  const { microGen } = await import("./micro-gen.ts");
  if (options.againstFleet) {
    const breaking = await againstFleet(options, context);
    if (breaking !== ExitCode.ok) return breaking;
  }
  const pinned = options.check ? createPinnedCheck(options, context) : undefined;
  const code = await microGen(context, generator, ask, pinned?.states);
  if (pinned === undefined || code === ExitCode.invalidSchema) return code;
  const moved = await pinned.tell();
  return moved === ExitCode.ok ? code : moved;
}

/** Before anything is written: whom would it break? */
async function againstFleet(options: MicroGenOptions, context: CommandContext): Promise<number> {
  const { findProject } = await import("../project/index.ts");
  const project = await findProject(context.cwd);
  const other = (["out", "offline", "watch", "against", "descriptorSetIn"] as const).find(
    (name) => options[name] !== undefined,
  );
  if (project === undefined || other !== undefined) {
    const why = other === undefined ? "is for a project with a micro.json" : `does not go with --${other}`;
    throw new CommandError(ExitCode.usage, `--against-fleet ${why}.`);
  }
  const { checkFleet } = await import("./check-fleet.ts");
  try {
    return await checkFleet(project, options, context);
  } catch (error) {
    // Told by what follows, with its place.
    if (error instanceof SchemaError) return ExitCode.ok;
    throw error;
  }
}

/** Services elsewhere that the project has clients of: are they as they were pinned? */
interface PinnedCheck {
  /** Asks, once; empty when there are none or none is to be asked. */
  states(): Promise<readonly ClientState[]>;
  /** Tells people, and answers with the exit code. */
  tell(): Promise<number>;
}

function createPinnedCheck(options: MicroGenOptions, context: CommandContext): PinnedCheck {
  let asked: ReturnType<typeof ask> | undefined;
  const once = () => {
    asked ??= ask();
    return asked;
  };
  return {
    states: async () => (await once())?.states ?? [],
    async tell() {
      const found = await once();
      if (found === undefined) return ExitCode.ok;
      const { tellStates } = await import("./check-clients.ts");
      return tellStates(found.states, found.given);
    },
  };

  async function ask() {
    if (options.offline || options.out !== undefined) return undefined;
    const { findProject, readManifest, readPinnedClients } = await import("../project/index.ts");
    const project = await findProject(context.cwd);
    if (project === undefined) return undefined;
    const clients = readPinnedClients((await readManifest(project.root)).answers);
    if (clients.length === 0) return undefined;
    const { clientStates } = await import("./check-clients.ts");
    const given = { context, options, home: { root: project.root, project, settings: {} }, clients };
    return { states: await clientStates(given), given };
  }
}
