import { readFile, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { ioError } from "./io-error.ts";

/**
 * The folder import paths start from, when the user named none: the nearest one, from the files' common folder upwards
 * to the repository's, under which everything they import is found. Undefined when there is none.
 *
 * `/p/proto/shop/order.proto` with `import "shop/money.proto"` -> `/p/proto`
 *
 * @param folder absolute; where to begin
 * @param files absolute, all below the folder
 */
export async function findIncludeRoot(folder: string, files: readonly string[]): Promise<string | undefined> {
  const imports = new Set<string>();
  for (const file of files) for (const path of await importsIn(file)) imports.add(path);
  for (let root = folder; ; root = dirname(root)) {
    if (await holdsAll(root, imports)) return root;
    if (dirname(root) === root || (await exists(join(root, ".git")))) return undefined;
  }
}

/** `/p/proto/a.proto`, `/p/proto/shop/b.proto` -> `/p/proto` */
export function commonFolder(folders: readonly string[]): string {
  const [first = sep, ...others] = folders;
  let common = first;
  for (const other of others) {
    while (other !== common && !other.startsWith(common.endsWith(sep) ? common : common + sep)) {
      if (dirname(common) === common) return common;
      common = dirname(common);
    }
  }
  return common;
}

/** Good enough to choose a folder; the parser has the last word on what is an import. */
async function importsIn(file: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw ioError(error, "read", file);
  }
  const bare = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
  const found = bare.matchAll(/^\s*import\s+(?:public\s+|weak\s+)?["']([^"'\n]+)["']\s*;/gm);
  return [...found].flatMap(([, path]) => (path === undefined || path.startsWith("google/") ? [] : [path]));
}

async function holdsAll(folder: string, imports: Iterable<string>): Promise<boolean> {
  for (const path of imports) if (!(await exists(join(folder, path)))) return false;
  return true;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false; // not there, or not to be read: the same to who asks
  }
}
