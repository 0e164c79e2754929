import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSchema } from "../../src/generator/check/index.ts";
import { SchemaError } from "../../src/generator/schema/index.ts";
import { pythonWithRequirements } from "../support/python.ts";
import { mutate } from "./schema-mutations.ts";

const run = promisify(execFile);
const own = (path: string) => fileURLToPath(new URL(`schema-protoc/${path}`, import.meta.url));
/** Seeds run on from here: `SCHEMA_SEED=1234 SCHEMA_MUTATIONS=1` repeats one. The same ones for every change; each night others. */
const firstSeed = Number(process.env.SCHEMA_SEED ?? 1);
const mutations = Number(process.env.SCHEMA_MUTATIONS ?? 3000);
const bufVersion = "1.75.0";

interface Verdict {
  readonly accepts: boolean;
  readonly says: string;
}

let root: string;
let python: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "schema-protoc-"));
  python = await pythonWithRequirements(own(""));
  await run("npm", [
    "install",
    "--prefix",
    join(root, "tools"),
    "--no-save",
    "--ignore-scripts",
    `@bufbuild/buf@${bufVersion}`,
  ]);
});
afterAll(() => rm(root, { recursive: true, force: true }));

test(`${mutations} broken schemas from seed ${firstSeed} are judged as protoc and buf judge them`, async () => {
  const bases = await Promise.all(
    ["proto2", "proto3", "edition", "edition-2024"].map((name) => readFile(own(`${name}.proto`), "utf8")),
  );
  const cases = Array.from({ length: mutations }, (_, index) => {
    const seed = firstSeed + index;
    return {
      seed,
      folder: join(root, String(seed)),
      text: mutate(bases[seed % bases.length] as string, seed),
    };
  });
  for (const { folder, text } of cases) {
    await mkdir(folder);
    await writeFile(join(folder, "a.proto"), text);
  }
  const protoc = await askProtoc(cases.map(({ folder }) => folder));
  const counts = { accepted: 0, rejected: 0, disputed: 0 };
  const wrong: string[] = [];
  for (const [index, { seed, folder, text }] of cases.entries()) {
    const [ours, theirs] = [await askOurs(folder), protoc[index] as Verdict];
    counts[theirs.accepts ? "accepted" : "rejected"] += 1;
    if (ours.accepts === theirs.accepts) continue;
    // What one of both refuses may be refused. buf is slow to start, so it is asked only now.
    const buf = await askBuf(folder);
    if (theirs.accepts && !buf.accepts) {
      counts.disputed += 1;
      continue;
    }
    wrong.push(
      [`SCHEMA_SEED=${seed}`, `ours: ${ours.says}`, `protoc: ${theirs.says}`, `buf: ${buf.says}`, text].join(
        "\n",
      ),
    );
  }
  console.log(`seed ${firstSeed}: ${JSON.stringify(counts)}`);
  expect(wrong.join("\n\n")).toBe("");
  expect(Math.min(counts.accepted, counts.rejected)).toBeGreaterThan(mutations === 1 ? -1 : mutations / 20);
});

async function askOurs(folder: string): Promise<Verdict> {
  try {
    await loadSchema({ files: ["a.proto"], cwd: folder });
    return { accepts: true, says: "" };
  } catch (error) {
    if (error instanceof SchemaError) return { accepts: false, says: error.message };
    throw error;
  }
}

async function askBuf(folder: string): Promise<Verdict> {
  const buf = join(root, "tools", "node_modules", ".bin", "buf");
  try {
    await run(buf, ["build", "-o", "/dev/null"], { cwd: folder });
    return { accepts: true, says: "" };
  } catch (error) {
    return { accepts: false, says: String((error as { stderr?: string }).stderr) };
  }
}

async function askProtoc(folders: readonly string[]): Promise<Verdict[]> {
  const child = spawn(python, [own("accepts.py")], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(folders.map((folder) => `${folder}\n`).join(""));
  const verdicts: Verdict[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const [accepts, says] = JSON.parse(line) as [boolean, string];
    verdicts.push({ accepts, says });
  }
  expect(verdicts).toHaveLength(folders.length);
  return verdicts;
}
