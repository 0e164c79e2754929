import { join } from "node:path";
import { pack } from "../../../scripts/pack.js";
import { checkout, type Result, run } from "../scaffold-helpers.ts";

/** `create-micro-service` as a user has it: packed, and installed outside of the repository. */
export interface PackedTool {
  create(args: readonly string[], cwd: string, env?: Readonly<Record<string, string>>): Promise<Result>;
}

/** Builds, packs and installs the tool below `folder`. */
export async function installPackedTool(folder: string): Promise<PackedTool> {
  await must("npm", ["run", "--silent", "build"], checkout);
  const tarball: string = await pack();
  await must("npm", ["install", "--prefix", folder, "--no-audit", "--no-fund", tarball], folder);
  const bin = join(folder, "node_modules/create-micro-service/bin/create-micro-service.js");
  return { create: (args, cwd, env = {}) => run(process.execPath, [bin, ...args], { cwd, env }) };
}

/** Runs a program that has to succeed. */
export async function must(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { code, all } = await run(program, args, { cwd, env });
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${all.slice(-4000)}`);
  return all;
}
