import { microGenCommand } from "../../../src/generator/commands/micro-gen-command.ts";
import { reportError } from "../../../src/generator/commands/report-error.ts";
import type { Command } from "../../../src/generator/commands/run.ts";
import { createTerminal } from "../../../src/generator/commands/terminal.ts";
import type { Result } from "./micro-gen-in-process.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs `micro-gen` with all its commands inside of the test's process. */
export function runCommand(cwd: string, argv: readonly string[], env: Environment = {}): Promise<Result> {
  return runInProcess(microGenCommand, cwd, argv, env);
}

/** Runs a command inside of the test's process: the same code as the binary, without a start-up per test. */
export async function runInProcess(
  command: Command,
  cwd: string,
  argv: readonly string[],
  env: Environment,
): Promise<Result> {
  const text = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") => ({
    isTTY: false,
    write: (chunk: string) => {
      text[name] += chunk;
    },
  });
  const terminal = createTerminal({ stdout: stream("stdout"), stderr: stream("stderr"), env, argv });
  let exitCode: number;
  try {
    exitCode = await command({ argv, cwd, env, terminal, signal: new AbortController().signal });
  } catch (error) {
    exitCode = reportError(terminal, error);
  }
  return { exitCode, ...text };
}
