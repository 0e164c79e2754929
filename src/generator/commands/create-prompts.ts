import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { serviceTypes } from "../project/index.ts";
import {
  aliasOfFolder,
  folderProblem,
  parseAlias,
  parseNamespace,
  ScaffoldError,
} from "../scaffold/index.ts";
import type { CreateOptions } from "./create-options.ts";

const TYPE_LABELS = {
  srv: "srv  does the work",
  api: "api  serves the HTTP gateway, calls srv",
  web: "web  serves pages, calls srv",
} as const;

/** Asks for every answer that was not given. Ctrl-C throws ExitPromptError. */
export async function askMissing(
  options: CreateOptions,
  cwd: string,
): Promise<CreateOptions & { dir: string }> {
  // Loaded here, because most runs ask nothing.
  const { checkbox, confirm, input } = await import("@inquirer/prompts");

  const dir =
    options.dir ??
    (await input({ message: "Folder of the project", default: "greeter", validate: whether(checkFolder) }));
  const folder = basename(resolve(cwd, dir));
  const type =
    options.type ??
    (
      await checkbox({
        message: "What to make",
        choices: serviceTypes.map((value) => ({ value, name: TYPE_LABELS[value], checked: value === "srv" })),
        required: true,
      })
    ).join(",");
  const proto =
    options.proto ??
    (await input({
      message: "Your .proto file or folder (empty: a greeter to start from)",
      validate: (path) => path === "" || existsSync(resolve(cwd, path)) || `There is no ${path}.`,
    }));
  const name =
    options.name ??
    (await input({ message: "Short name", default: defaultAlias(folder), validate: whether(parseAlias) }));
  const namespace =
    options.namespace ??
    (options.fqdn === undefined
      ? await input({ message: "Namespace", default: "go.micro", validate: whether(parseNamespace) })
      : undefined);
  const install = options.install && (await confirm({ message: "Install dependencies", default: true }));
  return { ...options, dir, type, proto, name, ...(namespace !== undefined && { namespace }), install };
}

/** Who is in the way of the new project is the user's to decide; the default is to leave everything as it is. */
export async function askAboutExisting(question: string): Promise<"merge" | "overwrite" | "cancel"> {
  const { select } = await import("@inquirer/prompts");
  return select({
    message: question,
    choices: [
      { value: "cancel", name: "Cancel" },
      { value: "merge", name: "Keep what is there, add what is missing" },
      { value: "overwrite", name: "Overwrite the files named above" },
    ] as const,
    default: "cancel",
  });
}

function checkFolder(dir: string): void {
  const problem = dir === "" ? "is empty" : folderProblem(basename(resolve(dir)));
  if (problem !== undefined) throw new ScaffoldError("usage", `This name ${problem}.`);
}

function defaultAlias(folder: string): string {
  try {
    return aliasOfFolder(folder);
  } catch {
    return "greeter"; // the folder's name cannot be one; the user is asked anyway
  }
}

/** A check that throws, as inquirer wants it: true, or what is wrong. */
function whether(check: (text: string) => unknown): (text: string) => true | string {
  return (text) => {
    try {
      check(text);
      return true;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
}
