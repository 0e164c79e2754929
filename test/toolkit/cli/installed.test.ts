import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const isBuilt = await access(join(root, "src/toolkit/dist/cli/main.js")).then(
  () => true,
  () => false,
);

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function micro(...args: string[]): Promise<Result> {
  const env = { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined };
  try {
    const done = await promisify(execFile)(
      process.execPath,
      [join(root, "src/toolkit/bin/micro.js"), ...args],
      { env },
    );
    return { code: 0, ...done };
  } catch (error) {
    const { code, stdout, stderr } = error as Result;
    return { code, stdout, stderr };
  }
}

// What `npm test` builds first; without a build there is nothing installed to run.
describe.skipIf(!isBuilt)("the installed command", () => {
  test("prints its version", async () => {
    expect(await micro("version")).toEqual({ code: 0, stdout: "micro version 0.1.0\n", stderr: "" });
  });

  test("exits with 2 for a mistake, with no colour in a pipe", async () => {
    const { code, stderr } = await micro("cal");
    expect(code).toBe(2);
    expect(stderr).toContain("Did you mean call?");
    expect(stderr).not.toContain("\u001b");
  });

  test("exits with 1 for a service that is not there", async () => {
    const { code, stderr } = await micro("--registry", "memory", "get", "service", "go.micro.srv.nope");
    expect(code).toBe(1);
    expect(stderr).toContain("service go.micro.srv.nope not found in registry memory");
  });
});
