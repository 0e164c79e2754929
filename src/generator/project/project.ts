import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { errorCode, ioError } from "./io-error.ts";
import { type MicroJson, microJsonPath, parseMicroJson } from "./micro-json.ts";
import { ProjectError } from "./project-error.ts";

/** A folder with a micro.json. */
export interface Project {
  /** Absolute. */
  readonly root: string;
  readonly config: MicroJson;
}

/**
 * The project a folder belongs to: micro.json is looked for there, then upwards. Undefined for none; throws a ProjectError
 * with every mistake in it.
 */
export async function findProject(cwd: string): Promise<Project | undefined> {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const project = await openProject(folder);
    if (project !== undefined || dirname(folder) === folder) return project;
  }
}

async function openProject(root: string): Promise<Project | undefined> {
  const file = join(root, microJsonPath);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if (errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return undefined;
    throw ioError(error, "read", file);
  }
  const read = parseMicroJson(text);
  if ("value" in read) return { root, config: read.value };
  const lines = read.mistakes.map(({ at, message }) => (at === "" ? message : `${at} ${message}`));
  throw new ProjectError("invalid", `${microJsonPath}: ${lines.join(`\n${microJsonPath}: `)}`);
}
