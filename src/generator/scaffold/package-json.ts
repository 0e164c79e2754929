import type { ServiceType } from "../project/micro-json.ts";
import type { Answers, PackageManager, ServicePlace } from "./answers.ts";
import type { Bundles } from "./bundles.ts";

/** Versions of what projects use besides our packages; the tests build with them. */
const TOOLS = { "@types/node": "^20.19.0", typescript: "~7.0.2" } as const;
const ENGINES = { node: ">=20.19" } as const;

const DESCRIPTIONS: Record<ServiceType, string> = {
  srv: "does the work",
  api: "serves the gateway",
  web: "serves pages",
};

/** Text of the package.json of one service. */
export function servicePackageJson(
  place: ServicePlace,
  { packageManager }: Answers,
  bundles: Bundles,
): string {
  const single = place.dir === ".";
  // Yarn lets a workspace run only the commands of its own dependencies; -T takes the root's.
  const tool = !single && packageManager === "yarn" ? "yarn run -T " : "";
  return print({
    name: place.packageName,
    version: "0.1.0",
    private: true,
    description: `${place.name}: ${DESCRIPTIONS[place.type]}.`,
    type: "module",
    engines: ENGINES,
    scripts: {
      dev: `${tool}micro run`,
      build: "tsc",
      start: "node dist/main.js",
      test: "tsc -p test && node --test dist-test/test/*.test.js",
      gen: `${tool}micro-gen`,
      micro: `${tool}micro`,
    },
    dependencies: { "@micro-service/runtime": bundles.spec("@micro-service/runtime", place.dir) },
    devDependencies: single ? { ...ownTools(bundles), ...TOOLS } : TOOLS,
  });
}

/** Text of the package.json of a workspace's root. It lists all our packages, so that none is asked for by name. */
export function workspacePackageJson(
  places: readonly ServicePlace[],
  answers: Answers,
  bundles: Bundles,
): string {
  const dirs = places.map(({ dir }) => dir);
  return print({
    name: answers.alias,
    version: "0.1.0",
    private: true,
    type: "module",
    engines: ENGINES,
    ...(answers.packageManager === "pnpm" ? {} : { workspaces: dirs }),
    scripts: {
      dev: "micro run",
      // -b goes on behind a folder with errors, so that all of them are shown.
      build: `tsc -b ${dirs.join(" ")}`,
      test: `tsc -b ${dirs.map((dir) => `${dir}/test`).join(" ")} && node --test ${dirs
        .map((dir) => `${dir}/dist-test/test/*.test.js`)
        .join(" ")}`,
      gen: "micro-gen",
      micro: "micro",
    },
    dependencies: { "@micro-service/runtime": bundles.spec("@micro-service/runtime", ".") },
    devDependencies: { ...ownTools(bundles), ...TOOLS },
  });
}

/** Files a package manager needs besides package.json, in the root. */
export function packageManagerFiles(
  manager: PackageManager,
  members: readonly string[],
): { readonly path: string; readonly content: string }[] {
  switch (manager) {
    case "pnpm":
      return [
        {
          path: "pnpm-workspace.yaml",
          content: `packages:\n${(members.length === 0 ? ["."] : members).map((dir) => `  - ${JSON.stringify(dir)}\n`).join("")}`,
        },
      ];
    case "yarn":
      return [
        { path: ".yarnrc.yml", content: "nodeLinker: node-modules\nenableTelemetry: false\n" },
        // Its presence makes this folder a project of its own, also below another one.
        { path: "yarn.lock", content: "" },
      ];
    default:
      return [];
  }
}

function ownTools(bundles: Bundles): Record<string, string> {
  return {
    "@micro-service/toolkit": bundles.spec("@micro-service/toolkit", "."),
    "create-micro-service": bundles.spec("create-micro-service", "."),
  };
}

function print(manifest: object): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}
