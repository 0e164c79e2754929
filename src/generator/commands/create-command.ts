import { Command, CommanderError, Help, Option } from "commander";
import type { Terminal } from "./terminal.ts";
import { readToolVersion } from "./tool-version.ts";

const commonHeading = "Common options:";

/**
 * A commander command with the manners all our commands share: output through the terminal, errors as exceptions
 * (mapped by `runCommand`), the nearest match for an unknown flag, `--version`, `--debug` and `--color`. Their help
 * stands below the command's own options.
 */
export function createCommand(name: string, terminal: Terminal): Command {
  return (
    new Command(name)
      .configureOutput({
        writeOut: (text) => terminal.out.write(text),
        writeErr: (text) => terminal.err.write(text),
        outputError: (text, write) => write(text.replace(/^error:/, terminal.err.paint.red("error:"))),
        getOutHelpWidth: () => terminal.out.columns,
        getErrHelpWidth: () => terminal.err.columns,
      })
      .configureHelp({ groupItems: commonOptionsLast })
      .exitOverride()
      .showSuggestionAfterError()
      .showHelpAfterError(`Run ${name} --help to see all options.`)
      .optionsGroup(commonHeading)
      .option("--debug", "print stacks of errors, as MICRO_DEBUG=1 does")
      .option("--color", "colour even when the output is not a terminal")
      .option("--no-color", "no colour, as NO_COLOR=1 does")
      .version(readToolVersion(), "-v, --version", "print the version")
      // Half the world's programs have it in upper case.
      .addOption(new Option("-V").hideHelp())
      .on("option:V", () => {
        terminal.out.line(readToolVersion());
        throw new CommanderError(0, "commander.version", "");
      })
      .helpOption("-h, --help", "print this help")
      .optionsGroup("")
  );
}

function commonOptionsLast<Item extends Command | Option>(
  unsorted: Item[],
  visible: Item[],
  groupOf: (item: Item) => string,
): Map<string, Item[]> {
  const groups = new Help().groupItems(unsorted, visible, groupOf);
  const common = groups.get(commonHeading);
  if (common !== undefined) {
    groups.delete(commonHeading);
    groups.set(commonHeading, common);
  }
  return groups;
}
