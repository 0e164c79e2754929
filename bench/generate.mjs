// Generation speed: micro-gen and protoc with protoc-gen-es on the same schemas, in turns, in one run.
//
//   node bench/generate.mjs <checkout of googleapis> [--all] [--rounds=5] [--tool=FOLDER]
//
// Ours is what was built last, put together as it is packed and installed; --tool names another folder with a
// `bin/micro-gen.js`: an installed package, or `.` for the build as it is, in hundreds of modules.
//
// PROTOC: the compiler, default `protoc`; several words are fine, such as `python -m grpc_tools.protoc`. protoc-gen-es is
// looked for in the PATH, or named by PROTOC_GEN_ES. --all: every schema of the checkout but `preview`, which repeats
// packages of `google`; ours only.
// CPU time counts, of the processes and those they start; the other numbers are for people.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { stageGenerator } from "../scripts/pack.js";

const folders = "api rpc type iam longrunning logging monitoring pubsub spanner storage devtools"
  .split(" ")
  .map((name) => `google/${name}`);
const [checkout, ...flags] = process.argv.slice(2);
const rounds = Number(flags.find((flag) => flag.startsWith("--rounds="))?.slice(9) ?? 5);
if (checkout === undefined || !existsSync(join(checkout, "google/api"))) {
  console.error("Usage: node bench/generate.mjs <checkout of googleapis> [--all]");
  process.exit(2);
}
const tool = flags.find((flag) => flag.startsWith("--tool="))?.slice(7);
const temporary = mkdtempSync(join(tmpdir(), "bench-generate-"));
// Not below `tmpdir()`: it finds its dependencies as any package in node_modules does.
const packed = mkdtempSync(fileURLToPath(new URL("../node_modules/.bench-generate-", import.meta.url)));
let microGen;
try {
  microGen = join(resolve(tool ?? (await stageGenerator(packed))), "bin/micro-gen.js");
  console.log(`Node ${process.version}, ${cpus()[0]?.model ?? "unknown processor"}`);
  if (flags.includes("--all")) all();
  else compare();
} finally {
  rmSync(packed, { recursive: true });
  rmSync(temporary, { recursive: true });
}

function compare() {
  const files = folders.flatMap((folder) => protosBelow(folder));
  const [protoc, ...prefix] = (process.env.PROTOC ?? "protoc").split(" ");
  const plugin = process.env.PROTOC_GEN_ES;
  const contenders = {
    "micro-gen": (out) => [process.execPath, [microGen, "-q", "-I", ".", ...folders, "--out", out]],
    "protoc + protoc-gen-es": (out) => [
      protoc,
      [
        ...prefix,
        ...["-I", ".", `--es_out=${out}`, "--es_opt=target=ts"],
        ...(plugin === undefined ? [] : [`--plugin=protoc-gen-es=${plugin}`]),
        ...files,
      ],
    ],
  };
  const results = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  const again = [];
  for (let round = 0; round < rounds; round++) {
    for (const [name, command] of Object.entries(contenders)) {
      // Nothing is deleted before the end: ext4 without a journal looks at all files deleted in the last minutes whenever
      // one is made, half a millisecond for each.
      const out = mkdtempSync(join(temporary, "out-"));
      results[name].push(run(...command(out)));
      if (name === "micro-gen") again.push(run(...command(out)));
    }
  }
  const ours = median(results["micro-gen"].map(({ cpu }) => cpu));
  console.log(`${files.length} files, median of ${rounds} runs`);
  for (const [name, runs] of Object.entries({ ...results, "micro-gen, no change": again })) {
    const cpu = median(runs.map((one) => one.cpu));
    const wall = median(runs.map((one) => one.wall));
    console.log(
      `${name.padEnd(24)} ${cpu.toFixed(2)} s CPU  ${wall.toFixed(2)} s wall  x${(cpu / ours).toFixed(2)}`,
    );
  }
}

function all() {
  const out = join(temporary, "out");
  const tops = readdirSync(checkout).filter((name) => name !== "preview" && protosBelow(name).length > 0);
  for (const title of ["all, first run", "all, nothing changed"]) {
    const { cpu, wall } = run(process.execPath, [microGen, "-q", "-I", ".", ...tops, "--out", out]);
    console.log(`${title.padEnd(24)} ${cpu.toFixed(2)} s CPU  ${wall.toFixed(2)} s wall`);
  }
}

function run(command, args) {
  const before = childSeconds();
  const begin = performance.now();
  const { status, stderr, error } = spawnSync(command, args, { cwd: checkout, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr.slice(-2000)}`);
  return { wall: (performance.now() - begin) / 1000, cpu: childSeconds() - before };
}

/** CPU time of all children so far, from Linux's /proc (cutime and cstime, in hundredths of a second); Node tells none. */
function childSeconds() {
  const fields = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

function protosBelow(folder) {
  const path = join(checkout, folder);
  if (!statSync(path).isDirectory()) return [];
  return readdirSync(path, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".proto"))
    .map((file) => `${folder}/${file}`)
    .sort();
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
