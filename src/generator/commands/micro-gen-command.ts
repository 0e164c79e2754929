import { ExitCode } from "./exit-codes.ts";
import { type MicroGenOptions, readMicroGenOptions } from "./micro-gen-options.ts";
import type { CommandContext } from "./run.ts";

/** `micro-gen`: what its first word says, else it is about the schemas of the project. */
export async function microGenCommand(context: CommandContext): Promise<number> {
  const [first, ...rest] = context.argv;
  if (first === "client") {
    const { clientCommand } = await import("./client.ts");
    return clientCommand({ ...context, argv: rest });
  }
  const { microGen } = await import("./micro-gen.ts");
  const code = await microGen(context);
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
