// Rewrites test/fixtures/*/expected from the .proto files beside it; with --check only compares. Needs a build.
// A new fixture is made by naming it: `npm run fixtures -- my-case`.
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { generate, loadSchema, SCHEMA_FILE } from "../dist/index.js";

const fixtures = fileURLToPath(new URL("../test/fixtures/", import.meta.url));
const check = process.argv.includes("--check");
let different = 0;

const folders = readdirSync(fixtures, { withFileTypes: true }).filter((entry) => entry.isDirectory());
for (const { name } of folders.sort((a, b) => (a.name < b.name ? -1 : 1))) {
  const folder = join(fixtures, name);
  const expected = join(folder, "expected");
  const protos = readdirSync(folder).filter((file) => file.endsWith(".proto"));
  if (protos.length === 0 || (!existsSync(expected) && !process.argv.includes(name))) continue;
  const files = generate(await loadSchema({ files: protos, cwd: folder })).filter(
    (file) => file.path !== SCHEMA_FILE,
  );
  const stale = new Set(existsSync(expected) ? readdirSync(expected, { recursive: true }) : []);
  for (const { path, content } of files) {
    const target = join(expected, path);
    const old = existsSync(target) ? readFileSync(target, "utf8") : undefined;
    stale.delete(path);
    if (old === content) continue;
    report(`${name}/expected/${path}`);
    if (check) continue;
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, content);
  }
  for (const path of [...stale].filter((file) => file.endsWith(".ts"))) {
    report(`${name}/expected/${path}`);
    if (!check) rmSync(join(expected, path));
  }
}
if (check && different > 0) console.log("Run `npm run fixtures` and look at the difference.");
process.exitCode = check && different > 0 ? 1 : 0;

function report(path) {
  different++;
  console.log(`${check ? "differs" : "wrote"} ${path}`);
}
