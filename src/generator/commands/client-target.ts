import { join, relative, resolve, sep } from "node:path";
import type { EmitOptions } from "../emit/emit.ts";
import { formatSource, type Source } from "../live/index.ts";
import { findProject, isInside, type Project } from "../project/index.ts";
import type { ClientOptions } from "./client-options.ts";
import { CommandError, ExitCode } from "./exit-codes.ts";
import type { CommandContext } from "./run.ts";

/** Where pinned clients live: a project, or one folder that is its own root. */
export interface ClientHome {
  /** Absolute; the manifest is in its `.micro`. */
  readonly root: string;
  readonly project: Project | undefined;
  readonly settings: EmitOptions;
}

/** Undefined: there is no project around, and no folder was named. */
export async function findClientHome(
  folders: readonly string[],
  { out }: ClientOptions,
  cwd: string,
): Promise<ClientHome | undefined> {
  const project = await findProject(cwd);
  if (project !== undefined) {
    const { importExtension, int64 } = project.config;
    const settings = { ...(importExtension && { importExtension }), ...(int64 && { int64 }) };
    return { root: project.root, project, settings };
  }
  const [folder = out] = folders;
  return folder === undefined ? undefined : { root: resolve(cwd, folder), project, settings: {} };
}

/** A folder as the lock has it: relative to the root, POSIX separators. */
export function toOut({ root }: ClientHome, folder: string, cwd: string): string {
  const absolute = resolve(cwd, folder);
  if (isInside(root, absolute)) return relative(root, absolute).split(sep).join("/") || ".";
  throw new CommandError(ExitCode.usage, `${folder} is not in the project; choose a folder inside.`);
}

/** `src/clients/greeter`, in the folder of the service we are in, when there are several. */
export function defaultOut(
  { root, project }: ClientHome,
  source: Source,
  services: readonly string[],
  cwd: string,
): string {
  const name = source.kind === "registry" ? source.service : (services[0] ?? "service");
  const last = name.slice(name.lastIndexOf(".") + 1);
  const folder = `src/clients/${last.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-").toLowerCase()}`;
  const dirs = (project?.config.services ?? []).map(({ dir }) => dir);
  const around = dirs.filter((dir) => dir === "." || isInside(join(root, dir), resolve(cwd)));
  const dir = dirs.length === 1 ? dirs[0] : around[0];
  if (dir === undefined && dirs.length > 1) {
    throw new CommandError(
      ExitCode.usage,
      `Which service calls ${formatSource(source)}? Run this in its folder, or say --out ${dirs[0]}/${folder}.`,
    );
  }
  return dir === undefined || dir === "." ? folder : `${dir}/${folder}`;
}

/** Whose runtime and registry are asked: those of the project in `root`, or of where we are. */
export function connectOptions(
  root: string | undefined,
  { registry, registryAddress }: Pick<ClientOptions, "registry" | "registryAddress">,
  { cwd, env }: Pick<CommandContext, "cwd" | "env">,
) {
  const args = [
    ...(registry === undefined ? [] : [`--registry=${registry}`]),
    ...(registryAddress === undefined ? [] : [`--registry_address=${registryAddress}`]),
  ];
  return { folder: root ?? cwd, env, args };
}
