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

const FIRST_LINES = 10;
const LAST_LINES = 30;

/**
 * Beginning and end of what a program said: npm tells the reason first and then how to read a log.
 *
 * @param {string} output
 * @returns {string}
 */
export function excerpt(output) {
  const lines = output.trimEnd().split("\n");
  if (lines.length <= FIRST_LINES + LAST_LINES) return lines.join("\n");
  // Warnings may come before the reason.
  const reason = Math.max(
    0,
    lines.findIndex((line) => /^npm (?:error|ERR!)/.test(line)),
  );
  const start = Math.min(reason, lines.length - FIRST_LINES - LAST_LINES);
  const skipped = "[...]";
  return [...lines.slice(start, start + FIRST_LINES), skipped, ...lines.slice(-LAST_LINES)].join("\n");
}

/** A program that ended with something else than 0; the message holds beginning and end of what it said. */
export class CommandFailed extends Error {
  constructor(command, code, signal, output) {
    const said = excerpt(output);
    super(`${command} ended with ${signal ?? `code ${code}`}${said === "" ? "" : `\n${said}`}`);
    this.exitCode = code ?? 1;
    this.output = output;
  }
}
