import type { Generator } from "../project/index.ts";
import type { AskRename } from "./decide-renames.ts";
import type { CommandContext } from "./run.ts";

/** A command of micro-gen's own: `micro-gen add rpc ...`. */
export type Subcommand = (context: CommandContext, generator?: Generator) => Promise<number>;

/** Loaded when called: a plain run needs none of them. */
const subcommands: Readonly<Record<string, () => Promise<Subcommand>>> = {
  add: async () => (await import("./add.ts")).add,
  destroy: async () => (await import("./destroy.ts")).destroy,
};

/**
 * `micro-gen`: its first word may be a command; anything else is about schemas. A folder of such a name is `./add`.
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
  return microGen(context, generator, ask);
}
