import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { create as createCommand } from "../../src/generator/commands/create.ts";
import { runInProcess } from "../generator/commands/command-in-process.ts";

export const checkout = fileURLToPath(new URL("../..", import.meta.url));
export const tool = join(checkout, "bin/create-micro-service.js");

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in no particular order. */
  readonly all: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** Runs a program to its end, without a terminal: stdin is closed. */
export function run(
  program: string,
  args: readonly string[],
  { cwd, env = {} }: RunOptions,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(npm_|FORCE_COLOR$|NO_COLOR$|CI$|NODE_ENV$|NODE_OPTIONS$|VITEST)/.test(name),
    );
    const child = spawn(program, args, {
      cwd,
      env: { ...Object.fromEntries(inherited), ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 180_000,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr, all: stdout + stderr }));
  });
}

/** The built `create-micro-service`, as a user without a terminal runs it. */
export function create(args: readonly string[], options: RunOptions): Promise<Result> {
  return run(process.execPath, [tool, ...args], options);
}

/** The same as a function of the test's process. Programs that it starts are given this process's environment, not `env`. */
export async function createInProcess(
  args: readonly string[],
  { cwd, env = {} }: RunOptions,
): Promise<Result> {
  const { exitCode, stdout, stderr } = await runInProcess(createCommand, cwd, args, env);
  return { code: exitCode, stdout, stderr, all: stdout + stderr };
}

/** A folder that is gone after the file's tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "scaffold-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** What a folder holds: path -> hash of the content, without `.git`. */
export function treeOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => !/(^|\/)(\.git|node_modules)(\/|$)/.test(path))
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
  return Object.fromEntries(
    files.map((path) => [
      path,
      createHash("sha256")
        .update(readFileSync(join(folder, path)))
        .digest("hex"),
    ]),
  );
}

/** Stands for the install step: the checkout's own node_modules, which link to what is built. */
export function linkDependencies(project: string): void {
  symlinkSync(join(checkout, "node_modules"), join(project, "node_modules"), "junction");
}
