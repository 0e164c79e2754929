import { readFile, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { isBundled } from "../schema/bundled.ts";
import { importPathProblem } from "../schema/find-files.ts";
import { errorCode, ioError } from "./io-error.ts";
import { ProjectError } from "./project-error.ts";
import { protoImports } from "./proto-imports.ts";

/** .proto files with everything they import, as they lie below one include root. */
export interface ProtoTree {
  /** Absolute include root: where import paths start. */
  readonly root: string;
  /** Contents by import path, without the schemas that come with the tool. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

const maxFiles = 10_000;
const maxFileBytes = 10 * 1024 * 1024;

/**
 * The tree below the nearest folder, from the given one upwards to the repository's, under which all imports are found,
 * also those of imports. Undefined when there is none.
 *
 * `/p/proto/shop/order.proto` with `import "shop/money.proto"` -> root `/p/proto`
 *
 * @param folder absolute; where to begin
 * @param files absolute, all below the folder
 */
export async function findProtoTree(
  folder: string,
  files: readonly string[],
): Promise<ProtoTree | undefined> {
  const read = createReader();
  for (let root = folder; ; root = dirname(root)) {
    const { tree, missing } = await collect(root, files, read);
    if (!missing) return tree;
    if (dirname(root) === root || (await exists(join(root, ".git")))) return undefined;
  }
}

/** The tree below a given folder, as far as it is there; the schema reader tells which imports are not, and where. */
export async function readProtoTree(root: string, files: readonly string[]): Promise<ProtoTree> {
  return (await collect(root, files, createReader())).tree;
}

type Read = (file: string) => Promise<Uint8Array | undefined>;

async function collect(root: string, asked: readonly string[], read: Read) {
  const files = new Map<string, Uint8Array>();
  let missing = false;
  const waiting = asked.map((file) => relative(root, file).split(sep).join("/"));
  const askedPaths = new Set(waiting);
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (files.has(path) || (isBundled(path) && !askedPaths.has(path))) continue;
    const content = importPathProblem(path) === undefined ? await read(join(root, path)) : undefined;
    if (content === undefined) {
      missing = true;
      continue;
    }
    if (files.size >= maxFiles) {
      throw new ProjectError("invalid", `More than ${maxFiles} .proto files; name a smaller folder.`);
    }
    files.set(path, content);
    waiting.push(...protoImports(Buffer.from(content).toString("utf8")));
  }
  return { tree: { root, files }, missing };
}

/** Reads each file once; undefined for one that is not there. */
function createReader(): Read {
  const known = new Map<string, Promise<Uint8Array | undefined>>();
  return (file) => {
    let content = known.get(file);
    if (content === undefined) {
      content = readIfThere(file);
      known.set(file, content);
    }
    return content;
  };
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    const info = await stat(file);
    if (!info.isFile()) return undefined;
    if (info.size <= maxFileBytes) return await readFile(file);
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return undefined;
    throw ioError(error, "read", file);
  }
  throw new ProjectError("invalid", `${file} is larger than ${maxFileBytes / 1024 / 1024} MiB; split it.`);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false; // not there, or not to be read: the same to who asks
  }
}
