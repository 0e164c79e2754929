import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const run = promisify(execFile);
const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The Connect conformance suite. Its schemas are in connect/proto, from the same version. */
const SUITE = "connectrpc.com/conformance/cmd/connectconformance@v1.0.7";

const missing = await run("go", ["version"]).then(
  () => undefined,
  () => "there is no go",
);

/** All cases of one side, with no known failures and no known flakes; the last line of what the suite says. */
async function verdict(bin: string, messages: string, mode: "server" | "client"): Promise<string> {
  const program = folder(`connect/${mode}.js`);
  const options = [
    "--mode",
    mode,
    "--conf",
    folder("connect/features.yaml"),
    "--",
    process.execPath,
    program,
  ];
  const { stdout } = await run(join(bin, "connectconformance"), options, {
    env: { ...process.env, CONFORMANCE_MESSAGES: messages },
    maxBuffer: 1 << 26,
  }).catch((error: { stdout: string; stderr: string }) => ({ stdout: `${error.stdout}${error.stderr}` }));
  return stdout.trim();
}

describe.skipIf(missing !== undefined)(
  `the Connect conformance suite${missing ? ` (skipped: ${missing})` : ""}`,
  () => {
    let bin: string;
    let messages: string;

    beforeAll(async () => {
      bin = await mkdtemp(join(tmpdir(), "connectconformance-"));
      // Inside the repository, so that the generated code finds the runtime.
      const cache = folder("../../node_modules/.cache");
      mkdirSync(cache, { recursive: true });
      messages = await mkdtemp(join(cache, "connect-"));
      await Promise.all([
        run("go", ["install", SUITE], { env: { ...process.env, GOBIN: bin, GOFLAGS: "-mod=mod" } }),
        run(process.execPath, [folder("connect/generate.js"), messages]),
      ]);
    });
    afterAll(async () => {
      await rm(bin, { recursive: true, force: true });
      await rm(messages, { recursive: true, force: true });
    });

    test("when its clients call our server then every case passes", async () => {
      expect(await verdict(bin, messages, "server")).toMatch(/(?:^|\n)5554 passed, 0 failed$/);
    });

    test("when our client calls its servers then every case passes", async () => {
      expect(await verdict(bin, messages, "client")).toMatch(/(?:^|\n)6920 passed, 0 failed$/);
    });
  },
);
