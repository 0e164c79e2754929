import { relative } from "node:path";
import { type BufWorkspace, findBufWorkspace } from "../schema/index.ts";
import type { Generation } from "./generation.ts";
import { ProjectError } from "./project-error.ts";
import type { ProtoInput } from "./proto-input.ts";
import { isInside } from "./safe-path.ts";

/** Which schemas are meant, and where their imports are looked up. All paths are absolute. */
export interface ProtoSearch extends Required<Pick<Generation, "includePaths" | "search">> {
  /** The .proto files asked for. */
  readonly files: readonly string[];
}

/**
 * Looks schemas up as buf does when a buf.yaml is about all of them; undefined when none is. Of a folder that was named,
 * what belongs to no module is passed over, and so is what lies below a `-I`.
 *
 * @param typed include paths of the user, absolute; looked through first
 * @throws SchemaError when a buf.yaml cannot be understood
 */
export async function bufSearch(
  inputs: readonly ProtoInput[],
  typed: readonly string[],
  cwd: string,
): Promise<ProtoSearch | undefined> {
  const workspaces = new Map<string, BufWorkspace>();
  for (const { folder } of inputs) {
    const workspace = await findBufWorkspace(folder, cwd);
    if (workspace === undefined) return undefined;
    workspaces.set(workspace.file, workspace);
  }
  const [workspace, ...others] = workspaces.values();
  // What two workspaces mean by one path may differ.
  if (workspace === undefined || others.length > 0) return undefined;

  const isTyped = (file: string) => typed.some((folder) => isInside(folder, file));
  const files: string[] = [];
  for (const input of inputs) {
    const own = input.files.filter((file) => workspace.contains(file));
    if (!input.isFolder && own.length === 0 && !isTyped(input.files[0]!)) return undefined;
    files.push(...(input.isFolder ? own.filter((file) => !isTyped(file)) : input.files));
  }
  if (files.length === 0) {
    throw new ProjectError(
      "invalid",
      `There is no .proto file in a module of ${relative(cwd, workspace.file)}.`,
    );
  }
  return {
    files: [...new Set(files)],
    includePaths: [...typed, ...workspace.roots],
    search: {
      accepts: (path) => isTyped(path) || workspace.contains(path),
      remoteModules: workspace.deps,
    },
  };
}

/**
 * What plain `micro-gen` is about outside of a project: the folders of all modules of the buf.yaml here or above, relative
 * to `cwd`; undefined when there is none.
 */
export async function bufPaths(cwd: string): Promise<string[] | undefined> {
  const workspace = await findBufWorkspace(cwd, cwd);
  return workspace?.roots.map((root) => relative(cwd, root) || ".");
}
