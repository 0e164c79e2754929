import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";

/** One service of a project. */
export interface ProjectService {
  /** `go.micro.srv.greeter`. */
  readonly name: string;
  /** `srv`, `api` or `web`. */
  readonly type: string;
  /** Absolute folder. */
  readonly dir: string;
}

/** What `micro.json` says, as far as running goes. */
export interface Project {
  /** Absolute folder of micro.json. */
  readonly root: string;
  /** `go.micro`. */
  readonly namespace: string;
  readonly services: readonly ProjectService[];
}

/** micro.json is not there or not right; the message names file and place. */
export class ProjectError extends Error {
  override readonly name = "ProjectError";
}

/** The project a folder belongs to: micro.json is looked for there, then upwards. Throws ProjectError. */
export async function findProject(folder: string): Promise<Project> {
  for (let root = resolve(folder); ; root = dirname(root)) {
    const path = join(root, "micro.json");
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
      throw new ProjectError(`cannot read ${path}: ${error.message}`);
    });
    if (text !== undefined) return parseProject(text, root, path);
    if (dirname(root) === root) {
      throw new ProjectError(
        `no micro.json in ${resolve(folder)} or above: micro run wants a project made by create-micro-service`,
      );
    }
  }
}

/** Reads the text of a micro.json that lies in `root`; `path` names it in messages. */
export function parseProject(text: string, root: string, path: string): Project {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ProjectError(`${path}: ${(error as Error).message}`);
  }
  const fail = (what: string): never => {
    throw new ProjectError(`${path}: ${what}`);
  };
  const { namespace, services } = (typeof json === "object" && json !== null ? json : {}) as {
    namespace?: unknown;
    services?: unknown;
  };
  if (typeof namespace !== "string" || !/^[A-Za-z0-9][A-Za-z0-9.-]*$/.test(namespace)) {
    return fail('"namespace" must be a name such as "go.micro"');
  }
  if (!Array.isArray(services) || services.length === 0)
    return fail('"services" must list at least one service');
  const read = services.map((entry: unknown, index): ProjectService => {
    const { name, type, dir } = (typeof entry === "object" && entry !== null ? entry : {}) as Record<
      string,
      unknown
    >;
    if (typeof name !== "string" || name === "") return fail(`"services[${index}].name" must be a name`);
    if (typeof type !== "string" || type === "")
      return fail(`"services[${index}].type" must be srv, api or web`);
    if (typeof dir !== "string" || isAbsolute(dir) || dir.split(/[\\/]/).includes("..")) {
      return fail(`"services[${index}].dir" must be a folder inside the project`);
    }
    return { name, type, dir: join(root, dir) };
  });
  return { root, namespace, services: read };
}
