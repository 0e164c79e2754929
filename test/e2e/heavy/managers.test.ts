import { existsSync, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { run, temporaryFolder } from "../scaffold-helpers.ts";
import { installPackedTool, must, type PackedTool } from "./packed-tool.ts";
import { type RecordingRegistry, startRecordingRegistry } from "./recording-registry.ts";

const folder = temporaryFolder();
const tools = join(folder, "tools");
let tool: PackedTool;
let upstream: string;
let registry: RecordingRegistry;

beforeAll(async () => {
  mkdirSync(tools);
  upstream = (await run("npm", ["config", "get", "registry"], { cwd: folder })).stdout.trim();
  await must("npm", ["install", "--prefix", tools, "pnpm@10", "@yarnpkg/cli-dist@4", "bun@1"], tools);
  // Newer npm does not run install scripts; bun's fetches the program itself.
  await must(process.execPath, [join(tools, "node_modules/bun/install.js")], join(tools, "node_modules/bun"));
  tool = await installPackedTool(tools);
});
beforeEach(async () => {
  registry = await startRecordingRegistry(upstream);
});
afterEach(() => registry.close());

describe.each(["npm", "pnpm", "yarn", "bun"])("with %s", (manager) => {
  test.each(["srv,api,web", "srv"])(
    "a project of %s installs, builds, tests and generates, and nobody is asked for our names",
    async (types) => {
      const cwd = join(folder, `${manager} ${types}`);
      mkdirSync(cwd);
      // Caches of its own: what was asked once would not be asked again.
      const env = {
        PATH: `${join(tools, "node_modules/.bin")}${delimiter}${process.env.PATH}`,
        npm_config_registry: registry.url,
        npm_config_cache: join(cwd, "npm-cache"),
        npm_config_store_dir: join(cwd, "pnpm-store"),
        npm_config_cache_dir: join(cwd, "pnpm-cache"),
        YARN_NPM_REGISTRY_SERVER: registry.url,
        YARN_UNSAFE_HTTP_WHITELIST: "127.0.0.1",
        YARN_GLOBAL_FOLDER: join(cwd, "yarn"),
        BUN_CONFIG_REGISTRY: registry.url,
        BUN_INSTALL_CACHE_DIR: join(cwd, "bun-cache"),
      };
      const args = ["greeter", "--type", types, "--package-manager", manager, "--yes", "--no-git"];
      const { code, all } = await tool.create(args, cwd, env);
      expect(code, all).toBe(0);
      const project = join(cwd, "greeter");
      expect(existsSync(join(project, "node_modules"))).toBe(true);

      await must(manager, ["run", "build"], project, env);
      expect(await must(manager, ["run", "test"], project, env)).toMatch(/fail 0$/m);
      const check = manager === "npm" ? ["run", "gen", "--", "--check"] : ["run", "gen", "--check"];
      await must(manager, check, project, env);
      if (types !== "srv") {
        for (const script of ["build", "gen"])
          await must(manager, ["run", script], join(project, "srv"), env);
      }

      expect([...registry.asked]).toContain("typescript"); // it did go through our registry
      expect([...registry.asked].filter((name) => name.includes("micro-service"))).toEqual([]);
    },
  );
});
