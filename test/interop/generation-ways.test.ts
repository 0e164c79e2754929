import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pythonWithRequirements } from "../support/python.ts";

const run = promisify(execFile);
const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const microGen = fromHere("../../bin/micro-gen.js");
const plugin = fromHere("../../bin/protoc-gen-micro-ts.js");

/** Real schemas with comments of every shape, services, custom options, maps, oneofs and imports across folders. */
const folders = ["api", "rpc", "type", "iam", "longrunning", "logging", "monitoring", "pubsub", "spanner/v1"];

let root: string;
let protos: string;
let buf: string;
let files: readonly string[];
let protoc: (...args: readonly string[]) => Promise<unknown>;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "generation-ways-"));
  const python = await pythonWithRequirements(fromHere("schema-protoc/"));
  await run("npm", [
    ...["install", "--prefix", root, "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"],
    ...["google-proto-files@5.0.1", "@bufbuild/buf@1.75.0"],
  ]);
  buf = join(root, "node_modules/.bin/buf");
  protos = join(root, "node_modules/google-proto-files");
  // Everybody brings these along, and a descriptor set's are taken from what comes with the tool.
  await rm(join(protos, "google/protobuf"), { recursive: true });
  const found: string[] = [];
  for (const folder of folders) {
    for (const file of await readdir(join(protos, "google", folder), { recursive: true }))
      if (file.endsWith(".proto")) found.push(`google/${folder}/${file}`);
  }
  files = found.sort();
  protoc = (...args) =>
    run(python, ["-m", "grpc_tools.protoc", "-I.", ...args, ...files], {
      cwd: protos,
      maxBuffer: 64 * 1024 * 1024,
    });
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("texts, a descriptor set of protoc's, protoc with the plugin and buf with it give the same bytes for many schemas of Google's", async () => {
  expect(files.length).toBeGreaterThan(100);
  const out = (name: string) => join(root, name);
  await run(process.execPath, [microGen, "-q", "-I", ".", ...files, "--out", out("texts")], { cwd: protos });

  const set = out("set.binpb");
  await protoc("--include_imports", "--include_source_info", `--descriptor_set_out=${set}`);
  const fromSet = [microGen, "-q", "--descriptor-set-in", set, ...files, "--out", out("set")];
  await run(process.execPath, fromSet, { cwd: protos });

  await mkdir(out("plugin"));
  await protoc(`--plugin=protoc-gen-micro-ts=${plugin}`, `--micro-ts_out=${out("plugin")}`);

  await writeFile(
    join(root, "buf.yaml"),
    JSON.stringify({ version: "v2", modules: [{ path: relative(root, protos) }] }),
  );
  const local = [process.execPath, plugin];
  const template = { version: "v2", plugins: [{ local, out: out("buf"), strategy: "all" }] };
  const paths = files.flatMap((file) => ["--path", join(protos, file)]);
  await run(buf, ["generate", "--template", JSON.stringify(template), ...paths], { cwd: root });

  const texts = await contentsOf(out("texts"));
  expect(texts.size).toBeGreaterThan(files.length);
  expect(different(texts, await contentsOf(out("set")))).toEqual([]);
  expect(different(texts, await contentsOf(out("plugin")))).toEqual([]);
  expect(different(texts, await contentsOf(out("buf")))).toEqual([]);
});

/** Files below a folder as bytes, without what micro-gen remembers for itself. */
async function contentsOf(folder: string): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name).slice(folder.length + 1);
    if (entry.isFile() && !path.startsWith(".micro/")) contents.set(path, await readFile(join(folder, path)));
  }
  return contents;
}

function different(a: ReadonlyMap<string, Buffer>, b: ReadonlyMap<string, Buffer>): string[] {
  const paths = new Set([...a.keys(), ...b.keys()]);
  return [...paths].filter((path) => a.get(path)?.equals(b.get(path) ?? Buffer.from("absent")) !== true);
}
