// Code generated from the schemas of a folder, compiled and loaded. Needs a build.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { generate, loadSchema } from "../../dist/index.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Generates code for test_messages_*.proto and conformance.proto of a folder, compiles it, and gives what it exports:
 * message types by full name, extensions, and the descriptor set.
 *
 * @param platform `browser` for code and runtime as a bundle for browsers holds them. Default `node`.
 */
export async function loadGeneratedTypes(folder, platform = "node") {
  // Inside the repository, so that the generated code finds the runtime as a package.
  mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
  const work = mkdtempSync(join(root, "node_modules/.cache/conformance-"));
  process.on("exit", () => rmSync(work, { recursive: true, force: true }));
  const files = [];
  for (const name of readdirSync(folder)) {
    const target = { conformance: "conformance/", test_messages: "google/protobuf/" }[
      /^(conformance|test_messages).*\.proto$/.exec(name)?.[1]
    ];
    if (target === undefined) continue;
    mkdirSync(join(work, target), { recursive: true });
    cpSync(join(folder, name), join(work, target, name));
    files.push(`${target}${name}`);
  }
  const schema = await loadSchema({ files, cwd: work });
  const emitted = generate(schema, { importExtension: "js" });
  for (const { path, content } of emitted) {
    const target = join(work, "src", path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  writeFileSync(join(work, "package.json"), '{"type":"module"}');
  writeFileSync(
    join(work, "tsconfig.json"),
    JSON.stringify({
      extends: join(root, "tsconfig.base.json"),
      compilerOptions: {
        composite: false,
        declaration: false,
        rewriteRelativeImportExtensions: false,
        rootDir: "src",
        outDir: "dist",
      },
      include: ["src"],
    }),
  );
  execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", work], {
    stdio: ["ignore", 2, 2],
  });
  const modules = emitted
    .filter(({ path }) => /^[^.]+\.ts$/.test(path))
    .map(({ path }) => join(work, "dist", path.replace(/ts$/, "js")));
  const specifiers = ["@micro-service/runtime/protobuf", ...modules.map((path) => pathToFileURL(path).href)];
  const [runtime, ...generated] =
    platform === "node"
      ? await Promise.all(specifiers.map((specifier) => import(specifier)))
      : await importBundled(work, [specifiers[0], ...modules]);
  const named = [runtime, ...generated]
    .flatMap(Object.values)
    .filter((value) => typeof value?.typeName === "string");
  const types = named.filter((value) => typeof value.decode === "function");
  const extensions = named.filter((value) => typeof value.extendee === "string");
  return {
    types: new Map(types.map((type) => [type.typeName, type])),
    registry: runtime.typeRegistry(...types, ...extensions),
    descriptorSet: schema.descriptorSet,
  };
}

/** Imports modules from one bundle for browsers. */
async function importBundled(work, specifiers) {
  const { rolldown } = await import("rolldown");
  const entry = join(work, "bundle.js");
  const lines = specifiers.map((specifier, i) => `export * as m${i} from ${JSON.stringify(specifier)};\n`);
  writeFileSync(entry, lines.join(""));
  const bundle = await rolldown({ input: entry, platform: "browser" });
  const file = join(work, "bundled.js");
  await bundle.write({ file, format: "esm" });
  await bundle.close();
  const code = readFileSync(file, "utf8");
  if (/\bBuffer\b/.test(code)) throw new Error("what browsers get asks for Node's Buffer");
  const bundled = await import(pathToFileURL(file).href);
  return specifiers.map((_, i) => bundled[`m${i}`]);
}
