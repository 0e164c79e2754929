import { type ExecFileException, execFile } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { ProjectError } from "../project-error.ts";

/** A file that is committed. */
export interface CommittedFile {
  /** Relative to the top of the repository. */
  readonly path: string;
  readonly content: Buffer;
}

/** What is committed, read by git itself. Nothing is checked out and nothing is written. */
export interface GitRepository {
  /** Absolute. */
  readonly top: string;
  /** `origin/main` -> the commit's hash; undefined when there is no such revision. */
  resolve(revision: string): Promise<string | undefined>;
  /**
   * A file of a commit, by its absolute path; undefined when the commit has none, and while nothing was committed.
   *
   * @throws ProjectError `io` when the repository is damaged: what it does not tell is not nothing
   */
  read(commit: string, path: string): Promise<Buffer | undefined>;
  /** Is a file, by its absolute path, one that git is told to ignore? */
  ignores(path: string): Promise<boolean>;
  /** All files of a commit below some folders (absolute) whose names end in `ending`. Links are left out. */
  list(commit: string, folders: readonly string[], ending: string): Promise<readonly CommittedFile[]>;
}

const timeoutMs = 30_000;
const maxBytes = 256 * 1024 * 1024;
const maxFiles = 10_000;

/** The repository around a folder; undefined for none, and where git is not installed. */
export async function openGitRepository(folder: string): Promise<GitRepository | undefined> {
  if (!mayBeInCheckout(folder)) return undefined;
  // The way up, not the top itself, which git tells without the links that led here.
  const up = await git(folder, ["rev-parse", "--show-cdup"]);
  if (up === undefined) return undefined;
  const top = resolve(folder, up.toString("utf8").replace(/\r?\n$/, ""));
  // What git calls a path: with slashes, from the top, and no pattern.
  const inside = (path: string) => {
    const way = relative(top, path);
    if (isAbsolute(way) || way.split(sep)[0] === "..") return undefined;
    return way.split(sep).join("/");
  };

  return {
    top,

    async resolve(revision) {
      const hash = await git(top, [
        "rev-parse",
        "--verify",
        "--quiet",
        "--end-of-options",
        `${revision}^{commit}`,
      ]);
      return hash?.toString("utf8").trim();
    },

    async read(commit, path) {
      const way = inside(path);
      if (way === undefined) return undefined;
      const content = await run(top, ["cat-file", "blob", `${commit}:${way}`]);
      if (content.error === null) return content.stdout;
      // It is not there as a rule, which git tells in the same way as that it cannot be read.
      const tree = await run(top, ["--literal-pathspecs", "ls-tree", "--full-tree", commit, "--", way]);
      if (tree.error === null && tree.stdout.byteLength === 0) return undefined;
      const log = tree.error === null ? undefined : await run(top, ["log", "-1", "--format=%H"]);
      if (log !== undefined && isUnborn(log)) return undefined;
      const why = firstLine((tree.error === null ? content : tree).stderr);
      throw new ProjectError(
        "io",
        `git cannot read ${way} of ${commit}, so nobody knows what others use (${why}); mend the repository (git fsck), or compare with something else (--against).`,
      );
    },

    async ignores(path) {
      const way = inside(path);
      return way !== undefined && (await git(top, ["check-ignore", "--quiet", "--", way])) !== undefined;
    },

    async list(commit, folders, ending) {
      const below = folders.flatMap((folder) => inside(folder) ?? []);
      if (below.length === 0) return [];
      const tree = await git(top, [
        "--literal-pathspecs",
        "ls-tree",
        "-r",
        "-z",
        commit,
        "--",
        ...below.map((path) => path || "."),
      ]);
      const entries = (tree?.toString("utf8") ?? "").split("\0").flatMap((line) => {
        const [, hash, path] = /^100\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? [];
        return hash === undefined || path === undefined || !path.endsWith(ending) ? [] : [{ hash, path }];
      });
      if (entries.length > maxFiles) {
        throw new ProjectError(
          "invalid",
          `${commit} has more than ${maxFiles} ${ending} files; name a smaller folder.`,
        );
      }
      const batch = await git(top, ["cat-file", "--batch"], entries.map(({ hash }) => `${hash}\n`).join(""));
      return readBatch(batch ?? Buffer.alloc(0), entries);
    },
  };
}

/** Is there a `.git`, folder or file, here or above? Without one git need not be started to say that there is none. */
function mayBeInCheckout(folder: string): boolean {
  let at: string;
  try {
    // Where git would be, links followed.
    at = realpathSync(folder);
  } catch {
    return false;
  }
  for (; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return true;
    if (dirname(at) === at) return false;
  }
}

/** A branch without any commit: in English, because of the environment that git gets. */
function isUnborn({ error, stderr }: Answer): boolean {
  return error !== null && stderr.includes("does not have any commits yet");
}

function firstLine(stderr: Buffer): string {
  return stderr.toString("utf8").split(/\r?\n/)[0]?.slice(0, 300) || "git does not say why";
}

/** `<hash> blob <size>\n<content>\n`, again and again. */
function readBatch(batch: Buffer, entries: readonly { readonly path: string }[]): CommittedFile[] {
  let at = 0;
  return entries.map(({ path }) => {
    const end = batch.indexOf(10, at);
    const size = Number(/ blob (\d+)$/.exec(batch.toString("latin1", at, end))?.[1]);
    if (end < 0 || Number.isNaN(size)) throw new ProjectError("io", `git does not tell what ${path} holds.`);
    at = end + 1 + size + 1;
    return { path, content: batch.subarray(end + 1, end + 1 + size) };
  });
}

/** What git prints; undefined when it refuses, or is not there. */
async function git(cwd: string, args: readonly string[], input?: string): Promise<Buffer | undefined> {
  const { error, stdout } = await run(cwd, args, input);
  return error === null ? stdout : undefined;
}

interface Answer {
  readonly error: ExecFileException | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** Not by execa, which takes longer to load than git takes to answer: every run that changes a schema asks. */
function run(cwd: string, args: readonly string[], input = ""): Promise<Answer> {
  return new Promise((resolveAnswer) => {
    const child = execFile(
      "git",
      args,
      { cwd, timeout: timeoutMs, maxBuffer: maxBytes, encoding: "buffer", env: environment() },
      (error, stdout, stderr) => resolveAnswer({ error, stdout, stderr }),
    );
    // It may end before it has read all; what it answers then tells.
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}

/** What git tells its hooks is about the folder it was started in, which need not be ours. */
const ofAnotherPlace = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"];

function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !ofAnotherPlace.includes(name));
  return { ...Object.fromEntries(own), GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" };
}

/** Why there is no repository around a folder, in git's words: it is not installed, the folder is somebody else's ... */
export async function whyNoRepository(folder: string): Promise<string> {
  const { error, stderr } = await run(folder, ["rev-parse", "--show-cdup"]);
  if (error?.code === "ENOENT") return "git is not installed";
  return firstLine(stderr);
}
