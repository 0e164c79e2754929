import type { AskRename } from "../../../src/generator/commands/decide-renames.ts";
import { microGenCommand } from "../../../src/generator/commands/micro-gen-command.ts";
import { reportError } from "../../../src/generator/commands/report-error.ts";
import { createTerminal } from "../../../src/generator/commands/terminal.ts";
import type { Generator } from "../../../src/generator/project/index.ts";

export interface Result {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command inside of the test's process: the same code as the binary, without a start-up per test. */
export async function runMicroGen(
  cwd: string,
  argv: readonly string[],
  options: {
    readonly generator?: Generator;
    readonly signal?: AbortSignal;
    readonly isTTY?: boolean;
    /** Answers about names; given, somebody is at the terminal. */
    readonly ask?: AskRename;
    /** Told what is printed on stderr, while the command runs. */
    readonly onStderr?: (text: string) => void;
  } = {},
): Promise<Result> {
  const { generator, signal = new AbortController().signal, ask, isTTY = ask !== undefined } = options;
  const text = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr") => ({
    isTTY,
    write: (chunk: string) => {
      text[name] += chunk;
      if (name === "stderr") options.onStderr?.(chunk);
    },
  });
  const env = isTTY ? { NO_COLOR: "1" } : {};
  const terminal = createTerminal({
    stdin: { isTTY },
    stdout: stream("stdout"),
    stderr: stream("stderr"),
    env,
    argv,
  });
  let exitCode: number;
  try {
    exitCode = await microGenCommand(
      { argv, cwd, env, terminal, signal },
      generator,
      ask ?? (async () => undefined),
    );
  } catch (error) {
    exitCode = reportError(terminal, error);
  }
  return { exitCode, ...text };
}
