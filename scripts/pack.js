// `npm run pack`: packs the three packages so that they can be installed without a registry having heard of them.
//
//   vendor/NAME-VERSION-HASH.tgz          runtime, toolkit and the slim generator; a new content is a new name, because
//                                         package managers keep tarballs by name
//   create-micro-service-VERSION.tgz      the generator with vendor/ inside: what a person installs
//
// The same sources give the same bytes: only files that have a source are packed, npm sets all times to one date.
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { bundle } from "./bundle.js";
import { prepare, root } from "./prepare.js";
import { run } from "./run.js";

const vendor = join(root, "vendor");

/** Folders in the repository; `sources` is what `dist/` is built from. */
const runtime = { folder: "src/runtime", sources: "src/runtime" };
const toolkit = { folder: "src/toolkit", sources: "src/toolkit" };
const generator = { folder: ".", sources: "src/generator" };

/**
 * Packs what is built. Leaves everything as it was when something fails.
 *
 * @returns {Promise<string>} the whole create-micro-service as an absolute path
 */
export async function pack() {
  const work = mkdtempSync(join(tmpdir(), "micro-pack-"));
  try {
    const vendored = join(work, "vendor");
    mkdirSync(vendored);
    for (const part of [runtime, toolkit, generator]) {
      const { tarball, manifest } = await packFolder(await stage(part, work), work);
      const hash = createHash("sha256")
        .update(gunzipSync(readFileSync(tarball)))
        .digest("hex")
        .slice(0, 12);
      const name = manifest.name.replace("@", "").replace("/", "-");
      renameSync(tarball, join(vendored, `${name}-${manifest.version}-${hash}.tgz`));
    }

    const whole = await stage(generator, work);
    cpSync(vendored, join(whole, "vendor"), { recursive: true });
    const { tarball } = await packFolder(whole, work);

    rmSync(vendor, { recursive: true, force: true });
    cpSync(vendored, vendor, { recursive: true });
    const result = join(root, basename(tarball));
    cpSync(tarball, result);
    return result;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * The generator as it is packed, without `vendor/`: for who wants to see how the installed one does. Below the repository, it finds
 * its dependencies there.
 *
 * @param {string} work the folder to make it in
 * @returns {Promise<string>} its own folder
 */
export function stageGenerator(work) {
  return stage(generator, work);
}

/** A folder with exactly what a package shall hold. */
async function stage({ folder, sources }, work) {
  const from = join(root, folder);
  const to = mkdtempSync(join(work, "package-"));
  // What only matters in this repository stays here.
  const {
    scripts: _,
    devDependencies: __,
    workspaces: ___,
    ...manifest
  } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  writeFileSync(join(to, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`);
  for (const entry of ["bin", "templates", "README.md"]) {
    if (existsSync(join(from, entry))) cpSync(join(from, entry), join(to, entry), { recursive: true });
  }
  cpSync(join(root, "LICENSE"), join(to, "LICENSE"));
  copyBuilt(join(from, "dist"), join(to, "dist"), join(root, sources));
  await bundle(to);
  return to;
}

/** Copies build output whose source is still there: a build does not remove what an older one left. */
function copyBuilt(from, to, sources) {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      if (existsSync(join(sources, entry.name))) {
        copyBuilt(join(from, entry.name), join(to, entry.name), join(sources, entry.name));
      }
      continue;
    }
    const source = entry.name.replace(/(\.d\.ts|\.js)$/, ".ts");
    if (source !== entry.name && existsSync(join(sources, source))) {
      cpSync(join(from, entry.name), join(to, entry.name));
    }
  }
}

async function packFolder(folder, work) {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const target = mkdtempSync(join(work, "tarball-"));
  await run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", target], { cwd: folder });
  const [file] = readdirSync(target);
  return { tarball: join(target, file), manifest };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await prepare((step) => process.stderr.write(`${step} ...\n`));
    const tarball = await pack();
    for (const file of readdirSync(vendor).sort()) console.log(`vendor/${file}`);
    console.log(basename(tarball));
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
