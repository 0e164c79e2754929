// Joins the modules of a built package: what its `exports` and commands name stays where it is, all the rest goes into few files. A
// process that starts pays for every module it loads, ours had over 300; so does the disk. Types stay as they are.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Bundles the staged package in `folder`. Other packages stay what they are: imports. */
export async function bundle(folder) {
  // Imported here: who packs nothing need not have it.
  const { rolldown } = await import("rolldown");
  const files = entryFiles(folder);
  const entries = files.map((file) => [file.replace(/^\.\/dist\/|\.js$/g, ""), join(folder, file)]);
  const build = await rolldown({
    // Comments name the modules from here: the same bytes wherever it is built.
    cwd: folder,
    input: Object.fromEntries(entries),
    platform: "node",
    external: (id) => !/^[./]/.test(id) && !id.startsWith(folder),
  });
  try {
    const dist = join(folder, "dist");
    const { output } = await build.write({
      dir: dist,
      format: "esm",
      entryFileNames: "[name].js",
      chunkFileNames: "chunks/[name]-[hash].js",
    });
    const written = new Set(output.map(({ fileName }) => fileName));
    for (const file of readdirSync(dist, { recursive: true, encoding: "utf8" })) {
      const name = file.replaceAll("\\", "/");
      if (name.endsWith(".js") && !written.has(name)) rmSync(join(dist, file));
    }
    const missing = files.filter((file) => !existsSync(join(folder, file)));
    if (missing.length > 0) throw new Error(`bundling lost ${missing.join(", ")}`);
  } finally {
    await build.close();
  }
}

/** What somebody may import: `./dist/index.js`, of the exports, and of what the commands in `bin/` load. */
function entryFiles(folder) {
  const { exports = {}, bin = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
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
