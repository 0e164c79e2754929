import { readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, posix, relative, resolve, sep } from "node:path";
import { protoImports } from "./proto-imports.ts";
import { ScaffoldError } from "./scaffold-error.ts";

const MAX_FILES = 5000;
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** The user's schema files as they will lie in `proto/`. */
export interface ProtoSource {
  /** Absolute include root: where the import paths start. */
  readonly root: string;
  /** Sorted by path; paths are import paths. `asked`: named by the user, not only imported. */
  readonly files: readonly ProtoFile[];
}

export interface ProtoFile {
  readonly path: string;
  readonly content: Uint8Array;
  readonly asked: boolean;
}

/**
 * Reads a .proto file, or every .proto below a folder, with what they import. The include root is the nearest folder,
 * from the file's own upwards, under which all imports are found; if there is none, the file's own (the schema loader
 * then names the missing import and its place). Files for which `isBundled` holds come with the tool and are not taken.
 */
export function readProtoSource(path: string, isBundled: (importPath: string) => boolean): ProtoSource {
  const start = resolve(path);
  const info = statOf(start, path);
  const folder = info.isDirectory() ? start : dirname(start);
  const asked = info.isDirectory() ? protosBelow(start) : [start];
  if (asked.length === 0) throw new ScaffoldError("usage", `There is no .proto file below ${path}.`);
  if (!info.isDirectory() && !start.endsWith(".proto")) {
    throw new ScaffoldError(
      "usage",
      `--proto takes a .proto file or a folder of them, and ${path} is neither.`,
    );
  }

  const read = createReader();
  for (const root of rootsAbove(folder)) {
    const found = collect(root, asked, isBundled, read);
    if (found !== undefined) return found;
  }
  // No root holds all imports. What there is goes to the loader, whose message has the line.
  return collect(folder, asked, isBundled, read, true) as ProtoSource;
}

/** All files from this root; undefined when an import is not below it, unless `lenient`. */
function collect(
  root: string,
  asked: readonly string[],
  isBundled: (importPath: string) => boolean,
  read: (file: string) => Uint8Array | undefined,
  lenient = false,
): ProtoSource | undefined {
  const files = new Map<string, ProtoFile>();
  const waiting = asked.map((file) => relative(root, file).split(sep).join("/"));
  const askedPaths = new Set(waiting);
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (files.has(path) || (isBundled(path) && !askedPaths.has(path))) continue;
    const content = isImportPath(path) ? read(join(root, path)) : undefined;
    if (content === undefined) {
      if (lenient) continue;
      return undefined;
    }
    if (files.size >= MAX_FILES) throw new ScaffoldError("usage", `More than ${MAX_FILES} .proto files.`);
    files.set(path, { path, content, asked: askedPaths.has(path) });
    waiting.push(...protoImports(Buffer.from(content).toString("utf8")));
  }
  return { root, files: [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

/** Relative, inside the root, with forward slashes: what protoc accepts, and what may be written below `proto/`. */
function isImportPath(path: string): boolean {
  return (
    path !== "" &&
    !path.includes("\\") &&
    !path.includes("\0") &&
    !posix.isAbsolute(path) &&
    posix.normalize(path) === path &&
    !path.startsWith("..")
  );
}

/** The folder and those above it, up to the one that holds `.git`, or the file system's root. */
function rootsAbove(folder: string): string[] {
  const roots: string[] = [];
  for (let root = folder; ; root = dirname(root)) {
    roots.push(root);
    if (exists(join(root, ".git")) || dirname(root) === root) return roots;
  }
}

function protosBelow(folder: string): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const visit = (current: string): void => {
    const real = realpathSync(current);
    if (seen.has(real)) return; // a link to a folder above
    seen.add(real);
    for (const entry of readdirSync(current, { withFileTypes: true })) {
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const path = join(current, entry.name);
      const info = entry.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : entry;
      if (info?.isDirectory()) visit(path);
      else if (info?.isFile() && entry.name.endsWith(".proto")) found.push(path);
      if (found.length > MAX_FILES) throw new ScaffoldError("usage", `More than ${MAX_FILES} .proto files.`);
    }
  };
  visit(folder);
  return found.sort();
}

/** Reads each file once; undefined for one that is not there. */
function createReader(): (file: string) => Uint8Array | undefined {
  const known = new Map<string, Uint8Array | undefined>();
  return (file) => {
    if (!known.has(file)) {
      const info = statSync(file, { throwIfNoEntry: false });
      if (info !== undefined && info.size > MAX_FILE_BYTES) {
        throw new ScaffoldError("usage", `${file} is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB.`);
      }
      known.set(file, info?.isFile() ? readFileSync(file) : undefined);
    }
    return known.get(file);
  };
}

function statOf(file: string, shown: string) {
  try {
    return statSync(file);
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : "it cannot be read";
    throw new ScaffoldError("usage", `--proto ${shown}: ${reason}.`, { cause: error });
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
