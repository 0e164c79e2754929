// Joins the modules of a built package: what its `exports` and commands name stays where it is, all the rest goes into few files. A
// process that starts pays for every module it loads, ours had over 300; so does the disk. Types stay as they are.
//
// Modules with a stand-in for browsers (`browser` in package.json) cannot be told apart any more then. What is made of them is
// joined a second time for browsers, and `exports` says which of the two is whose.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Bundles the staged package in `folder`. Other packages stay what they are: imports. */
export async function bundle(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const files = entryFiles(folder, manifest);
  const forBrowsers = browserFiles(manifest);
  const dist = join(folder, "dist");
  const written = [
    ...(await joinModules(folder, forBrowsers, "browser", "browser/")),
    ...(await joinModules(folder, files, "node", "")),
  ];
  for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
    const name = file.replaceAll("\\", "/");
    if (name.endsWith(".js") && !written.includes(name)) rmSync(join(dist, file));
  }
  const missing = files.filter((file) => !existsSync(join(folder, file)));
  if (missing.length > 0) throw new Error(`bundling lost ${missing.join(", ")}`);
  if (forBrowsers.length > 0)
    writeFileSync(
      join(folder, "package.json"),
      `${JSON.stringify(withConditions(manifest, forBrowsers), undefined, 2)}\n`,
    );
}

/** Writes modules and what they import below `dist/`, and returns the names of the files there. */
async function joinModules(folder, files, platform, below) {
  if (files.length === 0) return [];
  // Imported here: who packs nothing need not have it.
  const { rolldown } = await import("rolldown");
  const entries = files.map((file) => [file.replace(/^\.\/dist\/|\.js$/g, ""), join(folder, file)]);
  const build = await rolldown({
    // Comments name the modules from here: the same bytes wherever it is built.
    cwd: folder,
    input: Object.fromEntries(entries),
    platform,
    external: (id) => !/^[./]/.test(id) && !id.startsWith(folder),
  });
  try {
    const { output } = await build.write({
      dir: join(folder, "dist"),
      format: "esm",
      entryFileNames: `${below}[name].js`,
      chunkFileNames: `${below}chunks/[name]-[hash].js`,
    });
    return output.map(({ fileName }) => fileName);
  } finally {
    await build.close();
  }
}

/** What somebody may import: `./dist/index.js`, of the exports, and of what the commands in `bin/` load. */
function entryFiles(folder, { exports = {}, bin = {} }) {
  const exported = Object.values(exports).flatMap((entry) =>
    typeof entry === "object" ? [entry.default] : [],
  );
  const loaded = Object.values(bin).flatMap((file) =>
    Array.from(
      readFileSync(join(folder, file), "utf8").matchAll(/"\.(\.\/dist\/[^"]+\.js)"/g),
      ([, path]) => path,
    ),
  );
  return [...new Set([...exported, ...loaded])];
}

/** The exports that a browser can load: those of the rooms with stand-ins. */
function browserFiles({ exports = {}, browser = {} }) {
  const rooms = Object.keys(browser).map(roomOf);
  const files = Object.values(exports).flatMap((entry) => entry.default ?? []);
  return files.filter((file) => rooms.includes(roomOf(file)));
}

/** `./dist/protobuf/` of `./dist/protobuf/json/input.js`; empty for files that are in no room. */
function roomOf(file) {
  return /^\.\/dist\/[^/]+\/|$/.exec(file)[0];
}

/** The manifest with a condition instead of stand-ins, which are no files any more. */
function withConditions({ browser: _, ...manifest }, forBrowsers) {
  const conditioned = ([path, entry]) =>
    forBrowsers.includes(entry.default)
      ? [
          path,
          {
            types: entry.types,
            browser: entry.default.replace("/dist/", "/dist/browser/"),
            default: entry.default,
          },
        ]
      : [path, entry];
  const { exports = {} } = manifest;
  return { ...manifest, exports: Object.fromEntries(Object.entries(exports).map(conditioned)) };
}
