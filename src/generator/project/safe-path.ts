import { lstatSync, realpathSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { hasUnprintable, quoted } from "../schema/quoted.ts";
import { errorCode, ioError } from "./io-error.ts";
import { ProjectError } from "./project-error.ts";

/** Device names of Windows, reserved with any extension. */
const reservedNames = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i;
const forbiddenCharacters = /[<>:"|?*\\]/;
/** An empty segment, one that ends in a dot or a space, or the beginning of a device's name. */
const suspiciousSegment = /(?:^|[/. ])(?:\/|$)|(?:^|\/)(?:con|prn|aux|nul|com|lpt)/i;

/**
 * Why a path cannot be a file inside a project on every system we run on, or undefined when it can. The path is
 * relative with POSIX separators: `src/gen/greeter.ts`.
 */
export function whatIsWrongWith(path: string): string | undefined {
  if (path === "") return "it is empty";
  if (path.length > 1000) return "it is too long";
  if (path.startsWith("/")) return "it is absolute";
  // Of thousands of paths nearly all are fine, and then no segment is looked at by itself.
  if (!forbiddenCharacters.test(path) && !hasUnprintable(path) && !suspiciousSegment.test(path))
    return undefined;
  for (const segment of path.split("/")) {
    if (segment === "") return "it has an empty folder name";
    if (segment === "." || segment === "..") return `it holds "${segment}"`;
    if (forbiddenCharacters.test(segment) || hasUnprintable(segment))
      return `${quoted(segment)} holds a character that not every system allows`;
    if (/[. ]$/.test(segment)) return `"${segment}" ends in a dot or a space, which Windows drops`;
    if (reservedNames.test(segment)) return `"${segment}" is the name of a device on Windows`;
  }
  return undefined;
}

/** `git~1` is what Windows calls `.git`, too. */
const gitFolder = /(?:^|\/)(?:\.git|git~\d+)(?:\/|$)/i;
const toolFolder = /^\.micro(?:\/|$)/i;

/** Whose own place a path is in, where no file of a plan belongs: git's, or this tool's. Undefined: nobody's. */
export function ownerOf(path: string): string | undefined {
  if (toolFolder.test(path)) return "the tool";
  return gitFolder.test(path) ? "git" : undefined;
}

/**
 * Why a path that was read back cannot be one that was planned, or undefined when it can. Manifests are committed: what
 * they name is deleted or overwritten, and somebody may have put it there for that.
 */
export function whatIsWrongWithPlanned(path: string): string | undefined {
  const owner = ownerOf(path);
  return whatIsWrongWith(path) ?? (owner && `it is ${owner}'s own place`);
}

/**
 * Refuses a set of paths that cannot all be files of one folder: unsafe ones, the same one twice, two that differ in
 * case only, one that is a folder of another.
 */
export function checkPaths(paths: Iterable<string>): void {
  const files = new Map<string, string>();
  const folders = new Map<string, string>();
  for (const path of paths) {
    const wrong = whatIsWrongWith(path);
    if (wrong !== undefined) throw new ProjectError("invalid", `Cannot write ${quoted(path)}: ${wrong}.`);

    const key = foldCase(path);
    const other = files.get(key);
    if (other === path) throw new ProjectError("invalid", `${path} would be written twice.`);
    if (other !== undefined) {
      throw new ProjectError(
        "invalid",
        `${other} and ${path} are one file where case does not count, as on macOS and Windows; rename one.`,
      );
    }
    files.set(key, path);
    for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
      folders.set(foldCase(path.slice(0, at)), path);
    }
  }
  for (const [key, path] of files) {
    const inside = folders.get(key);
    if (inside !== undefined) {
      throw new ProjectError("invalid", `${path} cannot be a file and the folder of ${inside}; rename one.`);
    }
  }
}

function foldCase(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

/** Where a path of the project is on disk. */
export interface Resolved {
  /** Absolute, no symbolic link on the way. */
  readonly path: string;
  /** There was something when it was looked at: a file, a folder, anything. */
  readonly exists: boolean;
}

/** Turns paths of a project into absolute ones; see `createResolver`. */
export type Resolve = (path: string) => Resolved;

/**
 * Answers where on disk a path of the project really is, following symbolic links, and throws when that is outside the
 * root, or when the path has empty steps, `.` or `..` in it. Parents that do not exist yet are fine. Each folder is
 * looked at once, and below one that is missing nothing is.
 *
 * @param root absolute, real path of the project's folder
 */
export function createResolver(root: string): Resolve {
  const folders = new Map<string, Resolved>([["", { path: root, exists: true }]]);

  const folder = (path: string): Resolved => {
    let found = folders.get(path);
    if (found === undefined) {
      found = step(path);
      folders.set(path, found);
    }
    return found;
  };

  const step = (path: string): Resolved => {
    const slash = path.lastIndexOf("/");
    const name = path.slice(slash + 1);
    // What has no such step in it cannot leave the root but by a link.
    if (slash === 0 || name === "" || name === "." || name === ".." || name.includes("\\"))
      throw new ProjectError("invalid", `${quoted(path)} is no path inside the project.`);
    const parent = folder(slash === -1 ? "" : path.slice(0, slash));
    const absolute = join(parent.path, name);
    return parent.exists ? followLink(root, absolute, path) : { path: absolute, exists: false };
  };

  return step;
}

function followLink(root: string, absolute: string, path: string): Resolved {
  try {
    const found = lstatSync(absolute, { throwIfNoEntry: false });
    if (!found?.isSymbolicLink()) return { path: absolute, exists: found !== undefined };
  } catch (error) {
    if (errorCode(error) === "ENOTDIR") {
      throw new ProjectError(
        "conflict",
        `Cannot write ${path}: a file is where its folder should be; move it away.`,
      );
    }
    throw ioError(error, "look at", path);
  }
  let target: string;
  try {
    target = realpathSync(absolute);
  } catch {
    throw new ProjectError("conflict", `${path} is a symbolic link that leads nowhere; remove it.`);
  }
  if (!isInside(root, target)) {
    throw new ProjectError(
      "conflict",
      `${path} is a symbolic link that leads out of the project; remove it.`,
    );
  }
  return { path: target, exists: true };
}

/** Whether an absolute path is the root or lies below it. */
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
