import { dirname, sep } from "node:path";
import { bufSearch, type ProtoSearch } from "./buf-search.ts";
import type { ProtoInput } from "./proto-input.ts";
import { findProtoTree } from "./proto-tree.ts";
import { isInside } from "./safe-path.ts";

/**
 * Where the imports of schemas outside of a project are looked up: in the folders the user typed and those of a buf.yaml,
 * else in the nearest folder where all are found.
 *
 * @param typed include paths of the user, absolute
 */
export async function protoSearch(
  inputs: readonly ProtoInput[],
  typed: readonly string[],
  cwd: string,
): Promise<ProtoSearch> {
  const inWorkspace = await bufSearch(inputs, typed, cwd);
  if (inWorkspace !== undefined) return inWorkspace;
  const includePaths = typed.length > 0 ? typed : await findIncludePaths(inputs);
  return { includePaths, files: inputs.flatMap((input) => input.files), search: {} };
}

/** One root for all where that resolves every import, else one for each input. */
async function findIncludePaths(inputs: readonly ProtoInput[]): Promise<string[]> {
  const together = await findProtoTree(
    commonFolder(inputs.map(({ folder }) => folder)),
    inputs.flatMap(({ files }) => files),
  );
  if (together !== undefined) return [together.root];
  const roots = new Set<string>();
  for (const { folder, files } of inputs) roots.add((await findProtoTree(folder, files))?.root ?? folder);
  return [...roots].sort();
}

/** `/p/proto/a`, `/p/proto/b` -> `/p/proto` */
function commonFolder(folders: readonly string[]): string {
  const [first = sep, ...others] = folders;
  let common = first;
  while (!others.every((other) => isInside(common, other)) && dirname(common) !== common) {
    common = dirname(common);
  }
  return common;
}
