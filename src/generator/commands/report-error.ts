import { OutputPathError } from "../emit/output-path.ts";
import { LiveError, type LiveErrorReason } from "../live/live-error.ts";
import { ProjectError, type ProjectErrorReason } from "../project/project-error.ts";
import { ScaffoldError, type ScaffoldErrorReason } from "../scaffold/scaffold-error.ts";
import { SchemaError } from "../schema/diagnostic.ts";
import { CommandError, ExitCode } from "./exit-codes.ts";
import { reportSchemaError } from "./print-diagnostics.ts";
import { printJsonError } from "./print-json-error.ts";
import { printable, type Terminal } from "./terminal.ts";

/** Prints what went wrong in a way its reader can act on, and answers with the exit code that belongs to it. */
export function reportError(terminal: Terminal, error: unknown): number {
  if (isInterruption(error)) return ExitCode.interrupted;

  const parsed = commanderExitCode(error);
  if (parsed !== undefined) {
    // Commander has printed its message, or the help, itself: for people.
    if (parsed !== ExitCode.ok && terminal.json) {
      printJsonError(terminal, parsed, (error as Error).message.replace(/^error: /, ""));
    }
    return parsed;
  }

  if (error instanceof SchemaError) {
    reportSchemaError(terminal, error);
    return ExitCode.invalidSchema;
  }

  const { err } = terminal;
  const exitCode = exitCodeOf(error);
  const reason = error instanceof Error ? error.message : String(error);
  if (terminal.json) printJsonError(terminal, exitCode ?? ExitCode.unexpected, reason);
  const message = printable(reason);
  err.line(`${err.paint.red(exitCode === undefined ? "unexpected error:" : "error:")} ${message}`);
  if (terminal.debug && error instanceof Error) err.line(err.paint.dim(stackOf(error)));
  else if (exitCode === undefined) err.line("Run the command again with --debug to see where it happened.");
  return exitCode ?? ExitCode.unexpected;
}

const projectExitCodes: Readonly<Record<ProjectErrorReason, number>> = {
  invalid: ExitCode.usage,
  conflict: ExitCode.conflict,
  unmerged: ExitCode.drift,
  edited: ExitCode.drift,
  io: ExitCode.unexpected,
};

const scaffoldExitCodes: Readonly<Record<ScaffoldErrorReason, number>> = {
  usage: ExitCode.usage,
  conflict: ExitCode.conflict,
  schema: ExitCode.invalidSchema,
  tool: ExitCode.unexpected,
};

const liveExitCodes: Readonly<Record<LiveErrorReason, number>> = {
  usage: ExitCode.usage,
  unreachable: ExitCode.unexpected,
  refused: ExitCode.unexpected,
};

/** Undefined for an error that nobody meant to throw. */
function exitCodeOf(error: unknown): number | undefined {
  if (error instanceof CommandError) return error.exitCode;
  if (error instanceof ProjectError) return projectExitCodes[error.reason];
  if (error instanceof ScaffoldError) return scaffoldExitCodes[error.reason];
  if (error instanceof LiveError) return liveExitCodes[error.reason];
  return error instanceof OutputPathError ? ExitCode.invalidSchema : undefined;
}

/** Ctrl-C while a prompt is open (inquirer), or a step that noticed the abort signal. */
function isInterruption(error: unknown): boolean {
  return error instanceof Error && ["AbortError", "ExitPromptError", "AbortPromptError"].includes(error.name);
}

/** Looked up by shape, so that commander is not loaded only to name its error class. */
function commanderExitCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("code" in error) || !("exitCode" in error)) return undefined;
  if (typeof error.code !== "string" || !error.code.startsWith("commander.")) return undefined;
  return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by: ${stackOf(error.cause)}` : "";
  return printable(error.stack ?? error.message) + cause;
}
