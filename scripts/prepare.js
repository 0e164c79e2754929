// Installs and builds what is missing or out of date, so that each command of the README works on a fresh clone.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./run.js";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** What npm would install differs from what it installed last. */
function installIsStale() {
  const installed = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installed)) return true;
  return statSync(join(root, "package-lock.json")).mtimeMs > statSync(installed).mtimeMs + 1000;
}

/** Newest change below a folder, in milliseconds since the epoch. */
function newest(folder, wanted) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === "node_modules" || entry.name === "dist") continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) latest = Math.max(latest, newest(path, wanted));
    else if (wanted(entry.name)) latest = Math.max(latest, statSync(path).mtimeMs);
  }
  return latest;
}

function buildIsStale() {
  const outputs = ["dist/index.js", "src/runtime/dist/index.js", "src/toolkit/dist/index.js"].map((file) =>
    join(root, file),
  );
  if (!outputs.every((file) => existsSync(file))) return true;
  const info = [
    "dist/tsconfig.tsbuildinfo",
    "src/runtime/dist/tsconfig.tsbuildinfo",
    "src/toolkit/dist/tsconfig.tsbuildinfo",
  ];
  const built = Math.min(
    ...info.map((file) => (existsSync(join(root, file)) ? statSync(join(root, file)).mtimeMs : 0)),
  );
  return newest(join(root, "src"), (name) => /\.ts$|^tsconfig/.test(name)) > built;
}

/** @param {(step: string) => void} report told before each step that is needed
 * @param {AbortSignal} [signal] */
export async function prepare(report, signal) {
  if (installIsStale()) {
    report("installing dependencies");
    await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: root, signal });
  }
  if (buildIsStale()) {
    report("building");
    await run("npm", ["run", "--silent", "build"], { cwd: root, signal });
  }
}
