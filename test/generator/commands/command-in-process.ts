import { microGenCommand } from "../../../src/generator/commands/micro-gen-command.ts";
import { reportError } from "../../../src/generator/commands/report-error.ts";
import { createTerminal } from "../../../src/generator/commands/terminal.ts";
import type { Result } from "./micro-gen-in-process.ts";

/** Runs `micro-gen` with all its commands inside of the test's process. */
export async function runCommand(
  cwd: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
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
    exitCode = await microGenCommand({ argv, cwd, env, terminal, signal: new AbortController().signal });
  } catch (error) {
    exitCode = reportError(terminal, error);
  }
  return { exitCode, ...text };
}
