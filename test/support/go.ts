import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A program of a public Go module, or why there is none; `name` tells which, for the title of a test. */
export interface GoProgram {
  readonly name: string;
  /** Undefined: it cannot be had here, and `name` says why. */
  readonly path: string | undefined;
  remove(): Promise<void>;
}

/**
 * Builds `module@version` into a folder of its own.
 *
 * @param module path of the program's package: `github.com/fullstorydev/grpcurl/cmd/grpcurl`
 */
export async function goProgram(module: string, version: string): Promise<GoProgram> {
  return built(module, version, (folder) =>
    run("go", ["install", `${module}@${version}`], { env: { ...process.env, GOBIN: folder } }),
  );
}

/**
 * Builds a program of a module that has no go.mod of its own, with what the go.mod and go.sum in `cwd` say.
 *
 * @param path of the program's package
 */
export async function goProgramIn(cwd: string, path: string, version: string): Promise<GoProgram> {
  return built(path, version, (folder) => run("go", ["build", "-mod=readonly", "-o", folder, path], { cwd }));
}

async function built(
  path: string,
  version: string,
  build: (folder: string) => Promise<unknown>,
): Promise<GoProgram> {
  const program = path.slice(path.lastIndexOf("/") + 1);
  const folder = await mkdtemp(join(tmpdir(), `${program}-`));
  const remove = () => rm(folder, { recursive: true, force: true });
  const missing = (why: string): GoProgram => ({
    name: `${program} (skipped: ${why})`,
    path: undefined,
    remove,
  });
  try {
    await run("go", ["version"]);
  } catch {
    return missing("there is no go");
  }
  try {
    await build(folder);
  } catch {
    return missing("it cannot be built");
  }
  return { name: `${program} ${version}`, path: join(folder, program), remove };
}
