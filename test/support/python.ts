import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Path of a Python that has the packages of `requirements.txt` in `folder`, in a virtual environment `.venv` beside it.
 * The environment is made once and kept; git ignores it.
 */
export async function pythonWithRequirements(folder: string): Promise<string> {
  const venv = join(folder, ".venv");
  const python = join(venv, "bin", "python");
  const done = join(venv, "pyvenv.cfg");
  if (existsSync(python) && existsSync(done)) return python;
  await run("python3", ["-m", "venv", venv]);
  await run(python, ["-m", "pip", "install", "--quiet", "-r", join(folder, "requirements.txt")]);
  return python;
}
