// Child processes for the scripts in this folder: plain Node, because they run before anything is installed.
import { spawn } from "node:child_process";

/**
 * Runs a program to its end. Its output is shown only when it fails, unless `show` is set.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, timeoutMs?: number, signal?: AbortSignal}} [options]
 * @returns {Promise<string>} what it wrote to stdout
 */
export function run(program, args, { cwd, env, show = false, timeoutMs = 600_000, signal } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: env ?? process.env,
      stdio: show ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
      timeout: timeoutMs,
      signal,
    });
    let stdout = "";
    let all = "";
    child.stdout?.on("data", (chunk) => {
      stdout += chunk;
      all += chunk;
    });
    child.stderr?.on("data", (chunk) => {
      all += chunk;
    });
    child.on("error", (error) => reject(new Error(`${program} did not start: ${error.message}`)));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(stdout);
      else reject(new CommandFailed([program, ...args].join(" "), code, signal, all));
    });
  });
}

/** A program that ended with something else than 0; the message holds the end of what it said. */
export class CommandFailed extends Error {
  constructor(command, code, signal, output) {
    const end = output.trimEnd().split("\n").slice(-30).join("\n");
    super(`${command} ended with ${signal ?? `code ${code}`}${end === "" ? "" : `\n${end}`}`);
    this.exitCode = code ?? 1;
    this.output = output;
  }
}
