// The steps of CI after the machine is ready; see .ci/run. Every step runs, whatever the ones before it said.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./prepare.js";
import { run } from "./run.js";

const reports = mkdtempSync(join(tmpdir(), "ci-reports-"));
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

/** Ends a step that hangs; the longest takes a quarter of an hour, and twice that beside other work. */
const STEP_MS = 33 * 60_000;

/** A step that counts as one test. */
async function step(name, program, args) {
  const started = Date.now();
  console.log(`\n== ${name}: ${program} ${args.join(" ")}`);
  try {
    await run(program, args, { cwd: root, show: true, timeoutMs: STEP_MS });
    total.passed++;
  } catch (error) {
    total.failed++;
    failures.push(`${name}: ${error.message.split("\n", 1)[0]}`);
  }
  console.log(`== ${name} took ${((Date.now() - started) / 1000).toFixed(0)} s`);
}

/** A step whose tests are counted one by one. A run without a report, or with a skipped test nobody named, has failed. */
async function suite(name, program, args) {
  const report = join(reports, `${name}.json`);
  const before = total.failed;
  await step(name, program, [
    ...args,
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]);
  const stepFailed = total.failed > before;
  total[stepFailed ? "failed" : "passed"]--;
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    // A file that could not be loaded is a failure without a failed test in it.
    const unloaded = testResults.filter(
      ({ status, assertionResults }) =>
        status === "failed" && !assertionResults.some((result) => result.status === "failed"),
    );
    total.passed += numPassedTests;
    total.failed += stepFailed ? Math.max(numFailedTests + unloaded.length, 1) : 0;
    const skipped = testResults.flatMap((file) =>
      file.assertionResults.filter(({ status }) => status !== "passed" && status !== "failed"),
    );
    total.skipped += skipped.length;
    for (const { fullName } of skipped) console.log(`skipped: ${fullName}`);
    for (const { assertionResults } of testResults)
      for (const { status, fullName, failureMessages } of assertionResults)
        if (status === "failed") failures.push(`${fullName}\n${indented(failureMessages.join("\n"))}`);
    for (const { name: file, message } of unloaded) failures.push(`${file}\n${indented(message)}`);
  } catch (error) {
    total.failed++;
    failures.push(`${name}: no report (${error.message})`);
  }
}

/** The first lines of what a failed test said: what follows is all above. */
function indented(message) {
  return message
    .split("\n", 12)
    .map((line) => `  ${line.slice(0, 300)}`)
    .join("\n");
}

// What the README tells a user to run.
await suite("tests", "npm", ["test", "--"]);
await step("demo", "npm", ["run", "demo", "--", "--once"]);

await step("lint", "npm", ["run", "--silent", "lint"]);
await step("typecheck", "npm", ["run", "--silent", "typecheck"]);
await step("fixtures", "npm", ["run", "--silent", "fixtures:check"]);
await suite("heavy", "npm", ["run", "--silent", "test:heavy", "--"]);

rmSync(reports, { recursive: true, force: true });
for (const failure of failures) console.log(`failed: ${failure}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
