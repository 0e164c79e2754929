import { join } from "node:path";
import { findProtoTree, readProtoInput, readProtoTree } from "../project/index.ts";

/** The user's schema files as they will lie in `proto/`. */
export interface ProtoSource {
  /** Absolute include root: where the import paths start. */
  readonly root: string;
  /** Sorted by path. */
  readonly files: readonly ProtoFile[];
}

export interface ProtoFile {
  /** Import path. */
  readonly path: string;
  readonly content: Uint8Array;
  /** Named by the user, not only imported. */
  readonly asked: boolean;
}

/**
 * Reads a .proto file, or every .proto below a folder, with what they import. Where no include root holds all imports
 * it is the files' own folder: the schema reader then names the missing import and its place.
 *
 * @param path absolute
 */
export async function readProtoSource(path: string): Promise<ProtoSource> {
  const input = await readProtoInput(path, ".");
  const { root, files } =
    (await findProtoTree(input.folder, input.files)) ?? (await readProtoTree(input.folder, input.files));
  const asked = new Set(input.files);
  return {
    root,
    files: [...files]
      .map(([path, content]) => ({ path, content, asked: asked.has(join(root, path)) }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}
