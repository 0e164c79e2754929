import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { errorCode, ioError } from "./io-error.ts";

/** More than any service has. */
const maxFiles = 5000;
/** Nobody writes a larger source by hand. */
const maxFileBytes = 1024 * 1024;

/**
 * The TypeScript a user wrote in a folder of a service, `src` or `test`: everything below, without the output folder, declarations,
 * hidden folders and what symbolic links lead to. By path relative to the root.
 *
 * @param folder relative to the root
 * @param out output folder relative to the root
 */
export async function readHandlerSources(
  root: string,
  folder: string,
  out: string,
): Promise<Map<string, Uint8Array>> {
  const paths: string[] = [];
  const visit = async (inside: string): Promise<void> => {
    for (const entry of await readFolder(join(root, inside), inside)) {
      const path = `${inside}/${entry.name}`;
      if (entry.name.startsWith(".") || entry.name === "node_modules" || path === out) continue;
      if (entry.isDirectory()) await visit(path);
      else if (entry.isFile() && /\.ts$/.test(path) && !/\.d\.ts$/.test(path)) paths.push(path);
      if (paths.length > maxFiles) return;
    }
  };
  await visit(folder);
  const files = new Map<string, Uint8Array>();
  for (const path of paths.sort()) {
    try {
      const content = await readFile(join(root, path));
      if (content.byteLength <= maxFileBytes) files.set(path, content);
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw ioError(error, "read", path);
    }
  }
  return files;
}

async function readFolder(absolute: string, shown: string) {
  try {
    return await readdir(absolute, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return [];
    throw ioError(error, "read", shown);
  }
}
