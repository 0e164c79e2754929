// Makes the code of all libraries from shapes.proto, into .generated/.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import pbjs from "protobufjs-cli/pbjs.js";
import { generate, loadSchema } from "../../dist/index.js";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
export const generated = join(here, ".generated");
const bundled = join(generated, "ours-for-browsers.mjs");
/** Where the module is that measures ours as browsers get it. */
export const forBrowsers = pathToFileURL(bundled).href;

export async function prepare() {
  rmSync(generated, { recursive: true, force: true });
  const schema = await loadSchema({ files: ["shapes.proto"], cwd: here });
  for (const { path, content } of generate(schema, { importExtension: "js" })) {
    mkdirSync(join(generated, "src"), { recursive: true });
    writeFileSync(join(generated, "src", path), content);
  }
  const compilerOptions = {
    composite: false,
    declaration: false,
    rewriteRelativeImportExtensions: false,
    rootDir: "src",
    outDir: "ours",
  };
  writeFileSync(
    join(generated, "tsconfig.json"),
    JSON.stringify({ extends: join(root, "tsconfig.base.json"), compilerOptions, include: ["src"] }),
  );
  execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", generated], {
    stdio: "inherit",
  });
  const ours = { entryPoints: [join(here, "libraries/ours.mjs")], outfile: bundled };
  await build({ ...ours, bundle: true, format: "esm", platform: "browser" });
  const target = join(generated, "protobufjs.js");
  const options = ["-t", "static-module", "-w", "es6", "--no-verify", "--no-delimited", "-o", target];
  await new Promise((resolve, reject) => {
    pbjs.main([...options, join(here, "shapes.proto")], (error) => (error ? reject(error) : resolve()));
  });
}
