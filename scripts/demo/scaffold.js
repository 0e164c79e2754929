// Makes the greeter project the way a user would: pack the tool, install it, scaffold, write the handler, build.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { pack } from "../pack.js";
import { root } from "../prepare.js";
import { run } from "../run.js";

/**
 * @param {string} folder an empty folder for the tool and the project
 * @param {{handler: string, env: NodeJS.ProcessEnv, tell: (step: string) => void,
 *   signal?: AbortSignal}} options `handler` is the file to copy
 *   over the starter handler of SRV
 * @returns {Promise<string>} the project's folder
 */
export async function scaffoldGreeter(folder, { handler, env, tell, signal }) {
  const project = join(folder, "greeter");
  const npm = (args, cwd) => run("npm", [...args, "--no-audit", "--no-fund"], { cwd, env, signal });

  tell("packing create-micro-service");
  const tarball = await pack();

  tell("installing the packed create-micro-service");
  await npm(["install", "--prefix", join(folder, "tool"), tarball], folder);

  tell("scaffolding SRV, API and WEB from examples/greeter/greeter.proto, and installing");
  const tool = join(folder, "tool/node_modules/create-micro-service/bin/create-micro-service.js");
  const proto = join(root, "examples/greeter/greeter.proto");
  const answers = [
    "--type",
    "srv,api,web",
    "--proto",
    proto,
    "--package-manager",
    "npm",
    "--no-git",
    "--yes",
  ];
  await run(process.execPath, [tool, project, ...answers], { cwd: folder, env, signal });

  tell("the one edit a user makes: examples/greeter/handler.ts over srv/src/handler/greeter.ts");
  cpSync(handler, join(project, "srv/src/handler/greeter.ts"));

  tell("building the project");
  await npm(["run", "build"], project);
  return project;
}
