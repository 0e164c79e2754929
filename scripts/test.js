// `npm test`: installs and builds what is missing, then runs the tests that need Node alone.
// Arguments go to vitest: `npm test -- selector`.
import { join } from "node:path";
import { prepare, root } from "./prepare.js";
import { CommandFailed, run } from "./run.js";

try {
  await prepare((step) => process.stderr.write(`${step} ...\n`));
  await run(
    process.execPath,
    [join(root, "node_modules/vitest/vitest.mjs"), "run", ...process.argv.slice(2)],
    {
      cwd: root,
      show: true,
    },
  );
} catch (error) {
  if (!(error instanceof CommandFailed) || error.output !== "") process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode ?? 1;
}
