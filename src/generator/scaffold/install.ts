import { execa } from "execa";
import type { PackageManager } from "./answers.ts";

const TIMEOUT_MS = 15 * 60_000;

const ARGUMENTS: Readonly<Record<PackageManager, readonly string[]>> = {
  npm: ["install", "--no-audit", "--no-fund"],
  // In CI both refuse to write a lock file, which a new project does not have yet.
  pnpm: ["install", "--no-frozen-lockfile"],
  yarn: ["install", "--no-immutable"],
  bun: ["install"],
};

export type InstallOutcome =
  | { readonly ok: true }
  /** `output`: the end of what the package manager said. */
  | { readonly ok: false; readonly reason: string; readonly output: string };

/** Installs the project's dependencies. Never throws for a package manager that fails or is missing. */
export async function installDependencies(
  root: string,
  manager: PackageManager,
  signal?: AbortSignal,
): Promise<InstallOutcome> {
  const result = await execa(manager, ARGUMENTS[manager], {
    cwd: root,
    all: true,
    reject: false,
    stdin: "ignore",
    timeout: TIMEOUT_MS,
    ...(signal && { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  if (result.exitCode === 0) return { ok: true };
  const reason =
    result.code === "ENOENT"
      ? `${manager} is not installed`
      : result.timedOut
        ? `it took longer than ${TIMEOUT_MS / 60_000} minutes`
        : `it ended with ${result.signal ?? `exit code ${result.exitCode}`}`;
  return { ok: false, reason, output: result.all.split("\n").slice(-30).join("\n") };
}
