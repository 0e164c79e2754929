import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { errorCode, ioError } from "./io-error.ts";
import { ProjectError } from "./project-error.ts";
import { findProtoFiles } from "./proto-files.ts";

/** What a user named on the command line: a .proto file, or a folder of them. */
export interface ProtoInput {
  /** Absolute: the folder named, or the one the file is in. */
  readonly folder: string;
  readonly isFolder: boolean;
  /** Absolute; at least one. */
  readonly files: readonly string[];
}

/**
 * Looks at a path as the user typed it. Throws ProjectError `invalid` when there are no schemas.
 *
 * @param cwd what the path is relative to
 */
export async function readProtoInput(path: string, cwd: string): Promise<ProtoInput> {
  const absolute = resolve(cwd, path);
  let isFolder: boolean;
  try {
    isFolder = (await stat(absolute)).isDirectory();
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") {
      throw new ProjectError("invalid", `There is no ${path}; check the spelling.`);
    }
    throw ioError(error, "read", path);
  }
  if (!isFolder && !path.endsWith(".proto")) {
    throw new ProjectError("invalid", `${path} is no .proto file; name one, or a folder of them.`);
  }
  if (!isFolder) return { folder: dirname(absolute), isFolder, files: [absolute] };
  const files = findProtoFiles(absolute, path);
  if (files.length === 0) throw new ProjectError("invalid", `There is no .proto file in ${path}.`);
  return { folder: absolute, isFolder, files: files.map((file) => join(absolute, file)) };
}
