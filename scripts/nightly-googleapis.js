// All of googleapis through micro-gen: nothing is refused, limits of time and memory hold, a second run touches nothing, and
// TypeScript 5.8, 6 and 7 accept the folders with the oddest names. Called by .ci/nightly.
//
//   node scripts/nightly-googleapis.js
//
// GOOGLEAPIS: a checkout to use instead of fetching one. Needs git, npm and about 2 GB of disk.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./prepare.js";
import { run } from "./run.js";

const repository = "https://github.com/googleapis/googleapis";
const commit = "f8291d2b89f0017ab078a4c7378069bae5686f6f";
/** CPU time, because other work of the machine does not count. */
const limits = { seconds: 90, bytes: 2 * 1024 ** 3, foldersToCompile: 30 };

const temporary = mkdtempSync(join(tmpdir(), "googleapis-"));
// Inside the repository, so that generated code finds the runtime as a package.
mkdirSync(join(root, "node_modules/.cache"), { recursive: true });
const out = mkdtempSync(join(root, "node_modules/.cache/googleapis-"));
const failures = [];
try {
  await run("npx", ["tsc", "-b"], { cwd: root });
  const checkout = process.env.GOOGLEAPIS ?? (await fetchCheckout(join(temporary, "googleapis")));
  // `preview` repeats packages of `google`, so it is a root of its own.
  const tops = readdirSync(checkout).filter((name) => name !== "preview" && hasSchemas(join(checkout, name)));
  const all = ["-I", ".", ...tops, "--out", join(out, "all")];
  generate("all schemas", checkout, all);
  const times = timesBelow(join(out, "all"));
  generate("again, nothing changed", checkout, all);
  if (JSON.stringify(timesBelow(join(out, "all"))) !== JSON.stringify(times))
    fail("the second run touched files");
  if (hasSchemas(join(checkout, "preview")))
    generate("preview", checkout, ["-I", "preview", "-I", ".", "preview", "--out", join(out, "preview")]);
  await compile(join(out, "all"));
} finally {
  rmSync(temporary, { recursive: true, force: true });
  rmSync(out, { recursive: true, force: true });
}
for (const failure of failures) console.log(`failed: ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;

function fail(what) {
  console.log(`FAILED: ${what}`);
  failures.push(what);
}

async function fetchCheckout(folder) {
  mkdirSync(folder);
  const git = (...args) => run("git", args, { cwd: folder });
  await git("init", "--quiet");
  await git("fetch", "--quiet", "--depth", "1", repository, commit);
  await git("checkout", "--quiet", "FETCH_HEAD");
  return folder;
}

/** Runs micro-gen and tells its CPU time and the most memory it had. */
function generate(title, cwd, args) {
  const report = join(temporary, "usage.json");
  const hook = `import { writeFileSync } from "node:fs"; process.on("exit", () => writeFileSync(${JSON.stringify(report)}, JSON.stringify(process.resourceUsage())));`;
  const begin = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    [
      "--import",
      `data:text/javascript,${encodeURIComponent(hook)}`,
      join(root, "bin/micro-gen.js"),
      "-q",
      ...args,
    ],
    { cwd, encoding: "utf8", maxBuffer: 2 ** 30 },
  );
  const wall = (performance.now() - begin) / 1000;
  if (status !== 0) return fail(`${title}: exit code ${status}\n${stderr.slice(0, 4000)}`);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(report, "utf8"));
  const seconds = (userCPUTime + systemCPUTime) / 1e6;
  const bytes = maxRSS * 1024;
  console.log(
    `${title.padEnd(24)} ${seconds.toFixed(2)} s CPU  ${wall.toFixed(2)} s wall  ${(bytes / 1024 ** 2).toFixed(0)} MiB`,
  );
  if (seconds > limits.seconds) fail(`${title}: more than ${limits.seconds} s of CPU`);
  if (bytes > limits.bytes) fail(`${title}: more than ${limits.bytes / 1024 ** 2} MiB`);
}

/** Compiles the folders in which most names had to give way to others, with all they import, under the strictest flags. */
async function compile(generated) {
  const odd = new Map();
  for (const file of readdirSync(generated, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const names =
      readFileSync(join(generated, file), "utf8").match(/\b\w+\$(?!\w)|noShadowRestrictedNames/g)?.length ??
      0;
    const folder = file.split("/").slice(0, -1).join("/");
    odd.set(folder, (odd.get(folder) ?? 0) + names);
  }
  const folders = [...odd].sort(([, a], [, b]) => b - a).slice(0, limits.foldersToCompile);
  for (const [folder, count] of folders.slice(0, 5))
    console.log(`${String(count).padStart(6)} odd names in ${folder}`);
  writeFileSync(
    join(generated, "tsconfig.json"),
    JSON.stringify({
      extends: join(root, "test/fixtures/tsconfig.json"),
      include: folders.map(([folder]) => `${folder}/*.ts`),
    }),
  );
  const packages = ["typescript-5.8@npm:typescript@~5.8.0", "typescript-6@npm:typescript@^6.0.0"];
  await run("npm", ["install", "--no-save", "--no-audit", "--no-fund", ...packages], { cwd: temporary });
  for (const compiler of [
    join(temporary, "node_modules/typescript-5.8"),
    join(temporary, "node_modules/typescript-6"),
    join(root, "node_modules/typescript"),
  ]) {
    const { version } = JSON.parse(readFileSync(join(compiler, "package.json"), "utf8"));
    const begin = performance.now();
    try {
      await run(process.execPath, ["--max-old-space-size=8192", join(compiler, "bin/tsc"), "-p", generated]);
      console.log(
        `TypeScript ${version}: ${folders.length} folders in ${((performance.now() - begin) / 1000).toFixed(0)} s`,
      );
    } catch (error) {
      fail(`TypeScript ${version}: ${error.message.slice(0, 4000)}`);
    }
  }
}

function hasSchemas(path) {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return false;
  return readdirSync(path, { recursive: true, encoding: "utf8" }).some((file) => file.endsWith(".proto"));
}

function timesBelow(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .map((file) => statSync(join(folder, file)))
    .filter((found) => found.isFile())
    .map(({ mtimeMs }) => mtimeMs);
}
