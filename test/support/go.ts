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
  const program = module.slice(module.lastIndexOf("/") + 1);
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
    await run("go", ["install", `${module}@${version}`], { env: { ...process.env, GOBIN: folder } });
  } catch {
    return missing("it cannot be built");
  }
  return { name: `${program} ${version}`, path: join(folder, program), remove };
}
