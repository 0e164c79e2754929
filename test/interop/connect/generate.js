// Code for the messages of the Connect conformance suite, generated from its schemas and compiled. Needs a build.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate, loadSchema } from "../../../dist/index.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** Writes the modules into `folder`, which must be inside the repository so that they find the runtime. */
export async function generateMessages(folder) {
  const files = ["client_compat", "server_compat", "service"].map(
    (name) => `connectrpc/conformance/v1/${name}.proto`,
  );
  const schema = await loadSchema({ files, cwd: fileURLToPath(new URL("proto", import.meta.url)) });
  for (const { path, content } of generate(schema, { importExtension: "js" })) {
    const target = join(folder, "src", path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const compilerOptions = {
    composite: false,
    declaration: false,
    rewriteRelativeImportExtensions: false,
    rootDir: "src",
    outDir: "dist",
  };
  const config = { extends: join(root, "tsconfig.base.json"), compilerOptions, include: ["src"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], {
    stdio: ["ignore", 2, 2],
  });
}

if (process.argv[2] !== undefined) await generateMessages(process.argv[2]);
