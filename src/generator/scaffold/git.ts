import { execa } from "execa";

/** What became of the repository. `failed` is said, and spoils nothing. */
export type GitOutcome = "created" | "inside-repository" | "no-git" | "failed";

/** Makes the folder a git repository, unless it lies in one already or git is not installed. Commits nothing. */
export async function initRepository(root: string, signal?: AbortSignal): Promise<GitOutcome> {
  const git = (...args: string[]) =>
    execa("git", args, {
      cwd: root,
      reject: false,
      timeout: 30_000,
      stdin: "ignore",
      ...(signal && { cancelSignal: signal }),
    });
  const inside = await git("rev-parse", "--is-inside-work-tree");
  if (inside.code === "ENOENT") return "no-git";
  if (inside.exitCode === 0) return "inside-repository";
  const made = await git("init", "--quiet");
  return made.exitCode === 0 ? "created" : "failed";
}
