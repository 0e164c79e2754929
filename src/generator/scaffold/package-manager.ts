import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { PACKAGE_MANAGERS, type PackageManager } from "./answers.ts";

const LOCK_FILES: readonly (readonly [file: string, manager: PackageManager])[] = [
  ["package-lock.json", "npm"],
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
  ["bun.lockb", "bun"],
];

/**
 * The package manager to write a project for: the one that started us (`npm_config_user_agent` is
 * `pnpm/10.1.0 npm/? node/...`), else the one whose lock file lies in `folder` or above, else npm.
 */
export function detectPackageManager(
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
): PackageManager {
  const agent = env.npm_config_user_agent?.split("/", 1)[0];
  const named = PACKAGE_MANAGERS.find((manager) => manager === agent);
  if (named !== undefined) return named;
  for (let current = folder; ; current = dirname(current)) {
    const found = LOCK_FILES.find(([file]) => existsSync(join(current, file)));
    if (found !== undefined) return found[1];
    if (dirname(current) === current) return "npm";
  }
}

/** How a package manager is spoken to. Texts for README and next steps, arguments for running it. */
export interface PackageManagerCommands {
  /** `npm install`. */
  readonly install: string;
  /** `npm run dev`. */
  run(script: string): string;
  /** `npm run micro -- list services`: `args` go to the script. */
  runWith(script: string, args: string): string;
  /** Script of a workspace member, from the root: `npm run start -w srv`. */
  runIn(member: string, script: string): string;
}

export function packageManagerCommands(manager: PackageManager, alias: string): PackageManagerCommands {
  // Three of them know these by heart; `bun test` is something else.
  const short = manager === "bun" ? [] : ["start", "test"];
  const run = (script: string) =>
    short.includes(script) ? `${manager} ${script}` : `${manager} run ${script}`;
  const memberRuns: Record<PackageManager, (member: string, script: string) => string> = {
    npm: (member, script) => `npm run ${script} -w ${member}`,
    pnpm: (member, script) => `pnpm --filter ./${member} run ${script}`,
    yarn: (member, script) => `yarn workspace ${alias}-${member} run ${script}`,
    bun: (member, script) => `bun run --filter ./${member} ${script}`,
  };
  return {
    install: `${manager} install`,
    run,
    // npm keeps options for itself unless they stand behind `--`; the others hand everything on.
    runWith: (script, args) => `${run(script)} ${manager === "npm" ? "-- " : ""}${args}`,
    runIn: memberRuns[manager],
  };
}
