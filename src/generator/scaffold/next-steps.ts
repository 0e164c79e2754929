import type { Schema } from "../schema/index.ts";
import { type Answers, backendName, servicePlaces } from "./answers.ts";
import { firstCalls, shellQuote } from "./first-calls.ts";
import { packageManagerCommands } from "./package-manager.ts";
import type { ProjectService } from "./project-services.ts";

export interface NextSteps {
  /** Commands to start, in order: cd, install, dev. */
  readonly start: readonly string[];
  /** Commands to try while it runs, from another terminal. */
  readonly try: readonly string[];
  /** A service that has to run besides and is not part of the project. */
  readonly needs: string | undefined;
}

/** `folder`: from where the user is; empty for right here. `installed`: the install step is done. */
export function nextSteps(
  {
    answers,
    schema,
    services,
  }: {
    readonly answers: Answers;
    readonly schema: Schema;
    readonly services: readonly ProjectService[];
  },
  folder: string,
  installed: boolean,
): NextSteps {
  const commands = packageManagerCommands(answers.packageManager, answers.alias);
  const calls = servicePlaces(answers).flatMap((place) =>
    firstCalls({ answers, schema, services, place }).slice(0, place.type === "api" ? 2 : 1),
  );
  const cd = folder === "" ? [] : [`cd ${shellQuote(folder.startsWith("-") ? `./${folder}` : folder)}`];
  return {
    start: [...cd, ...(installed ? [] : [commands.install]), commands.run("dev")],
    try: calls,
    needs: answers.types.includes("srv") ? undefined : backendName(answers),
  };
}
