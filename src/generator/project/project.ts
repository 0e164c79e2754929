import { dirname, join, resolve } from "node:path";
import { type MicroJson, microJsonPath } from "./micro-json.ts";
import { parseMicroJson } from "./parse-micro-json.ts";
import { ProjectError } from "./project-error.ts";
import { readRegularFile } from "./read-regular-file.ts";

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
  const text = readRegularFile(file, file)?.toString("utf8");
  if (text === undefined) return undefined;
  const read = parseMicroJson(text);
  if ("value" in read) return { root, config: read.value };
  const lines = read.mistakes.map(({ at, message }) => (at === "" ? message : `${at} ${message}`));
  throw new ProjectError("invalid", `${microJsonPath}: ${lines.join(`\n${microJsonPath}: `)}`);
}
