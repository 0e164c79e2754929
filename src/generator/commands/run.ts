import { ExitCode } from "./exit-codes.ts";
import { reportError } from "./report-error.ts";
import { createTerminal, type Terminal } from "./terminal.ts";

/** What every command is given instead of reaching for globals, so that tests can run it inside their process. */
export interface CommandContext {
  /** Arguments behind the command's name. */
  readonly argv: readonly string[];
  /** Folder the command was started in. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  /** Aborted by Ctrl-C and SIGTERM. Look at it before the first write; finish what must not be half done. */
  readonly signal: AbortSignal;
}

/** A command: does its work and answers with an exit code. Whatever it throws is printed and mapped. */
export type Command = (context: CommandContext) => Promise<number>;

/** How long a command may take to put things in order after Ctrl-C. A second Ctrl-C does not wait. */
const graceMs = 2000;

/**
 * Runs a command as this process: terminal, signals, errors and exit code. Ctrl-C exits with 130, SIGTERM with 143,
 * both after the command has let go of its files.
 */
export async function runCommand(command: Command): Promise<void> {
  ignoreBrokenPipe(process.stdout);
  ignoreBrokenPipe(process.stderr);

  const argv = process.argv.slice(2);
  const { stdin, stdout, stderr, env } = process;
  const terminal = createTerminal({ stdin, stdout, stderr, env, argv });
  const abort = new AbortController();
  let stopped: number | undefined;

  const stop = (exitCode: number) => () => {
    if (stopped !== undefined) process.exit(exitCode);
    stopped = exitCode;
    process.exitCode = exitCode;
    abort.abort();
    setTimeout(() => process.exit(exitCode), graceMs).unref();
  };
  const onInterrupt = stop(ExitCode.interrupted);
  const onTerminate = stop(143);
  process.on("SIGINT", onInterrupt).on("SIGTERM", onTerminate);

  try {
    process.exitCode = await command({ argv, cwd: process.cwd(), env, terminal, signal: abort.signal });
  } catch (error) {
    process.exitCode = reportError(terminal, error);
  } finally {
    process.off("SIGINT", onInterrupt).off("SIGTERM", onTerminate);
    // Whatever the command made of the signal, whoever sent it learns that it worked.
    if (stopped !== undefined) process.exit(stopped);
  }
}

/** A reader that has gone away (`micro-gen --json | head -1`) must not turn finished work into a failure. */
function ignoreBrokenPipe(stream: NodeJS.WriteStream): void {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}
