import { readFile } from "node:fs/promises";
import { CommanderError } from "commander";
import { type Connect, connect as connectByFlags } from "./connect.ts";
import { CommandError, ExitCode } from "./exit-code.ts";
import { createProgram } from "./program.ts";
import { withSwitchValues } from "./runtime-flags.ts";
import { createProcessTerminal, type Terminal } from "./terminal.ts";

export interface MainOptions {
  /** Default: this process. */
  readonly terminal?: Terminal;
  /** Default: by the flags. */
  readonly connect?: Connect;
}

/** Runs `micro` with the arguments behind its name; resolves to the exit code, never rejects. */
export async function main(args: readonly string[], options: MainOptions = {}): Promise<number> {
  const terminal = options.terminal ?? createProcessTerminal();
  const version = await packageVersion();
  const program = createProgram({ terminal, connect: options.connect ?? connectByFlags, version });
  try {
    if (args.length === 0) {
      program.outputHelp({ error: true });
      return ExitCode.usage;
    }
    await program.parseAsync(withSwitchValues(args), { from: "user" });
    return ExitCode.ok;
  } catch (error) {
    return report(error, terminal);
  }
}

function report(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) {
    // Commander has printed help, version or its complaint already. Help nobody asked for is a usage error.
    return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  }
  if (error instanceof CommandError) {
    if (error.message !== "") terminal.err(`${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof Error && error.name === "ConfigurationError") {
    terminal.err(`${error.message}\n`);
    return ExitCode.usage;
  }
  // Errors of the runtime carry a sentence for a person.
  const { detail } = error as { detail?: unknown };
  const sentence =
    typeof detail === "string" ? detail : error instanceof Error ? error.message : String(error);
  terminal.err(`${sentence}\n`);
  if (terminal.env.MICRO_DEBUG === "1" && error instanceof Error) terminal.err(`${error.stack}\n`);
  return ExitCode.failure;
}

async function packageVersion(): Promise<string> {
  // One folder up in the sources, two in dist.
  for (const path of ["../package.json", "../../package.json"]) {
    const text = await readFile(new URL(path, import.meta.url), "utf8").catch(() => undefined);
    if (text === undefined) continue;
    const { name, version } = JSON.parse(text) as { name?: unknown; version?: unknown };
    if (name === "@micro-service/toolkit" && typeof version === "string") return version;
  }
  return "unknown";
}
