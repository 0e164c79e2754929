import { Command } from "commander";
import type { Terminal } from "./terminal.ts";
import { readToolVersion } from "./tool-version.ts";

/**
 * A commander command with the manners all our commands share: output through the terminal, errors as exceptions
 * (mapped by `runCommand`), the nearest match for an unknown flag, `--version`, `--debug` and `--color`.
 */
export function createCommand(name: string, terminal: Terminal): Command {
  return new Command(name)
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.err.write(text),
      outputError: (text, write) => write(text.replace(/^error:/, terminal.err.paint.red("error:"))),
      getOutHelpWidth: () => terminal.out.columns,
      getErrHelpWidth: () => terminal.err.columns,
    })
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError(`Run ${name} --help to see all options.`)
    .version(readToolVersion(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .option("--debug", "print stacks of errors, as MICRO_DEBUG=1 does")
    .option("--color", "colour even when the output is not a terminal")
    .option("--no-color", "no colour, as NO_COLOR=1 does");
}
