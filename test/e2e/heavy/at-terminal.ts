import { type Result, run } from "../scaffold-helpers.ts";
import { preloadPath } from "./desk.ts";

export const ENTER = "\r";
export const CTRL_C = "\u0003";

/** Runs a script of Node in a terminal and types, each time after the text was seen. Needs Python. */
export function typeInto(
  keys: readonly (readonly [seen: string, keys: string])[],
  nodeArgs: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Result> {
  const args = [preloadPath("terminal.py"), JSON.stringify(keys), process.execPath, ...nodeArgs];
  return run("python3", args, { cwd, env: { TERM: "xterm", CI: undefined, ...env } });
}
