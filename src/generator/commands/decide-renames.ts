import { parseRename, type Rename, RenameError, type RenameGuess } from "../merge/index.ts";
import {
  type Generated,
  type Generation,
  renameQuestions,
  type SchemaSnapshots,
  schemaBefore,
} from "../project/index.ts";
import { CommandError, ExitCode } from "./exit-codes.ts";

/** Asks what something that is gone is called now; undefined when it is simply gone. */
export type AskRename = (guess: RenameGuess) => Promise<string | undefined>;

/**
 * What the user says has another name now: by `--rename`, and by answers where somebody can be asked.
 *
 * @param given `Old=New`, as typed
 * @param ask undefined when nobody is to be asked
 */
export async function decideRenames(
  generation: Generation,
  generated: Generated,
  snapshots: SchemaSnapshots,
  given: readonly string[],
  ask: AskRename | undefined,
): Promise<readonly Rename[]> {
  if (given.length === 0 && ask === undefined) return [];
  const old = await schemaBefore(generation, snapshots);
  const decided: Rename[] = [];
  for (const text of given) {
    try {
      decided.push(parseRename(text, generated.schema, old));
    } catch (error) {
      if (error instanceof RenameError) throw new CommandError(ExitCode.usage, error.message);
      throw error;
    }
  }
  if (ask === undefined) return decided;
  for (const guess of renameQuestions(generation, generated, old, decided)) {
    const taken = new Set(decided.map(({ to }) => to));
    const to = guess.to.filter((name) => !taken.has(name));
    const answer = to.length === 0 ? undefined : await ask({ ...guess, to });
    if (answer !== undefined) decided.push({ kind: guess.kind, from: guess.from, to: answer });
  }
  return decided;
}

/** The question in a terminal. Ctrl-C throws ExitPromptError; nothing was written yet. */
export const askRename: AskRename = async ({ kind, from, to }) => {
  const { select } = await import("@inquirer/prompts"); // most runs ask nothing
  return select({
    message: `${kind} ${from} is gone, and your code uses it. Does it have another name now?`,
    choices: [
      ...to.map((value) => ({
        value: value as string | undefined,
        name: `It is ${value} now: rename it in my code`,
      })),
      { value: undefined, name: "No, it is gone: leave my code alone" },
    ],
  });
};
