import { isUtf8 } from "node:buffer";
import { readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { type BundledSchemas, bundledPaths } from "./bundled.ts";
import { suggest } from "./suggest.ts";

/** Larger than any schema a person wrote. */
const maxFileBytes = 10 * 1024 * 1024;

export type Found =
  | { readonly text: string; readonly origin: "disk" | "bundled" }
  | { readonly problem: string; readonly rule: string };

/** Looks import paths up, below include paths only and then in what came with the tool. */
export interface FileFinder {
  /** Reads `shop/money.proto`. */
  read(importPath: string): Found;
  /** What the user typed -> import path; or the problem with it. */
  toImportPath(asked: string): { readonly path: string } | { readonly problem: string };
}

export interface FileFinderOptions {
  /** What relative paths are relative to. */
  readonly cwd: string;
  readonly includePaths: readonly string[];
  /** Does a file below an include path count? By its absolute path. Default: all do. */
  readonly accepts?: ((path: string) => boolean) | undefined;
  /** Texts that are not on disk yet, by absolute path. Default none. */
  readonly drafts?: ReadonlyMap<string, string> | undefined;
  /** Modules of a registry that nobody fetches; what is not found may be one of theirs. */
  readonly remoteModules?: readonly string[] | undefined;
}

export function createFileFinder(
  { cwd, includePaths, accepts = () => true, drafts = new Map(), remoteModules = [] }: FileFinderOptions,
  bundled: BundledSchemas,
): FileFinder {
  const roots = (includePaths.length > 0 ? includePaths : ["."]).map((path) => resolve(cwd, path));
  /** Sizes of files that were asked for, until they are read: the system is asked once about each. */
  const sizes = new Map<string, number>();
  const isFile = (path: string) => {
    if (drafts.has(path) || sizes.has(path)) return true;
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined || !found.isFile() || !accepts(path)) return false;
    sizes.set(path, found.size);
    return true;
  };
  const shown = roots.map((root) => relative(cwd, root) || ".").join(", ");

  function read(importPath: string): Found {
    for (const root of roots) {
      const path = join(root, importPath);
      const draft = drafts.get(path);
      if (draft !== undefined) return { text: draft, origin: "disk" };
      if (isFile(path)) return readText(path, sizes.get(path)!);
    }
    const text = bundled.read(importPath);
    if (text !== undefined) return { text, origin: "bundled" };
    return {
      problem: `There is no file "${importPath}" below ${shown}; ${missingHint(importPath, remoteModules)}`,
      rule: "unresolved-import",
    };
  }

  function toImportPath(asked: string) {
    const path = resolve(cwd, asked);
    if (isFile(path)) {
      for (const root of roots) {
        const importPath = below(root, path) ?? below(realPath(root), realPath(path));
        if (importPath !== undefined) return { path: importPath };
      }
      return { problem: `This file is not below an include path (${shown}); add its folder as one.` };
    }
    const importPath = asked
      .split(sep)
      .join("/")
      .replace(/^(?:\.\/)+/, "");
    if (importPathProblem(importPath) === undefined && roots.some((root) => isFile(join(root, importPath)))) {
      return { path: importPath };
    }
    return { problem: `There is no such file below ${shown}; check the spelling.` };
  }

  return { read, toImportPath };
}

function missingHint(importPath: string, [module, ...others]: readonly string[]): string {
  if (module !== undefined) {
    const it = others.length === 0 ? module : `one of ${[module, ...others].join(", ")}`;
    const name = others.length === 0 ? module : "MODULE";
    return `it may be in ${it}, which is not fetched: run "buf export ${name} -o third_party" and add -I third_party.`;
  }
  if (!importPath.startsWith("google/")) return "check the spelling or add an include path.";
  // Without the dot: what follows it counts as the name itself.
  const stem = (path: string) => path.replace(/\.proto$/, "");
  const near = suggest(stem(importPath), [...bundledPaths].map(stem));
  return near === undefined
    ? "it does not come with the tool, so copy it from its project below an include path."
    : `did you mean "${near}.proto"?`;
}

/** Why an import path may not be used, undefined when it may. Keeps reading inside of the include paths. */
export function importPathProblem(path: string): string | undefined {
  if (path === "") return "The path to import is empty.";
  if (path.length > 1000) return "The path to import is longer than 1000 characters.";
  if (path.includes("\0")) return "The path to import holds a zero byte.";
  if (path.includes("\\")) return `Import paths have forward slashes; write "${path.replaceAll("\\", "/")}".`;
  if (isAbsolute(path) || /^[A-Za-z]:/.test(path)) {
    return `"${path}" is absolute; write the path below an include path.`;
  }
  const parts = path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) {
    return `"${path}" must not hold "..", "." or "//"; write the path below an include path.`;
  }
  return undefined;
}

/** Without symbolic links; a path that does not exist as it is. */
function realPath(path: string): string {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? path : realpathSync(path);
}

/** `/a/protos`, `/a/protos/x/y.proto` -> `x/y.proto`; undefined when not below. */
function below(root: string, path: string): string | undefined {
  const result = relative(root, path);
  if (result === "" || isAbsolute(result) || result.split(sep)[0] === "..") return undefined;
  return result.split(sep).join("/");
}

function readText(path: string, size: number): Found {
  try {
    if (size > maxFileBytes) {
      return {
        problem: `The file is larger than ${maxFileBytes / 1024 / 1024} MB; split it.`,
        rule: "file-too-large",
      };
    }
    // Read as text, Node makes one call of it. What is no text has the character that stands for what cannot be read.
    const text = readFileSync(path, "utf8");
    if (text.includes("\ufffd") && !isUtf8(readFileSync(path)))
      return { problem: "The file is not UTF-8 text; save it as UTF-8.", rule: "not-text" };
    return { text, origin: "disk" };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown";
    return { problem: `The file cannot be read (${code}).`, rule: "unreadable-file" };
  }
}
