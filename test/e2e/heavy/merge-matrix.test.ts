import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa, execaNode } from "execa";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

// The tables are refused by their maker when a second run of ours changes anything, or leaves untold what does not compile.
test("the page about changing a schema has the tables that bench/merge.mjs makes, and ours loses nothing", async () => {
  await execa("npx", ["tsc", "-b", "src/generator"], { cwd: root });
  const { stdout } = await execaNode(join(root, "bench/merge.mjs"));
  const page = readFileSync(join(root, "docs/changing-a-schema.md"), "utf8");
  expect(page).toContain(stdout.trim());
  const ours = stdout.split("\n").filter((line) => line.startsWith("| micro-gen"));
  expect(ours).toHaveLength(2);
  for (const line of ours) expect(line).toMatch(/^\| [^|]+\| 0 \| 0 \|/);
}, 1_200_000);
