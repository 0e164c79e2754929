import { type Dirent, readdirSync } from "node:fs";
import { join } from "node:path";
import { errorCode, ioError } from "./io-error.ts";
import { readRegularFile } from "./read-regular-file.ts";

/** More than any service has. */
const maxFiles = 5000;
/** Nobody writes a larger source by hand. */
const maxFileBytes = 1024 * 1024;

/** What a user wrote in a folder of a service, by path relative to the root. */
export interface HandlerSources {
  readonly files: Map<string, Uint8Array>;
  /** What is not looked at, and why: `it is larger than 1 MiB`. */
  readonly unread: ReadonlyMap<string, string>;
}

/**
 * The TypeScript a user wrote in a folder of a service, `src` or `test`: everything below, without the output folder, declarations,
 * hidden folders and what symbolic links lead to.
 *
 * @param folder relative to the root
 * @param out output folder relative to the root
 */
export function readHandlerSources(root: string, folder: string, out: string): HandlerSources {
  const paths: string[] = [];
  const unread = new Map<string, string>();
  const visit = (inside: string): void => {
    for (const entry of readFolder(join(root, inside), inside)) {
      const path = `${inside}/${entry.name}`;
      if (entry.name.startsWith(".") || entry.name === "node_modules" || path === out) continue;
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile() && /(?<!\.d)\.[cm]?ts$/.test(path)) paths.push(path);
      else if (entry.isSymbolicLink()) unread.set(path, "it is a symbolic link, which is not followed");
      if (paths.length > maxFiles) return;
    }
  };
  visit(folder);
  const files = new Map<string, Uint8Array>();
  for (const path of paths.sort()) {
    const content = readRegularFile(join(root, path), path);
    if (content === undefined) continue;
    if (content.byteLength <= maxFileBytes) files.set(path, content);
    else unread.set(path, "it is larger than 1 MiB");
  }
  return { files, unread };
}

function readFolder(absolute: string, shown: string): Dirent[] {
  try {
    return readdirSync(absolute, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return [];
    throw ioError(error, "read", shown);
  }
}
