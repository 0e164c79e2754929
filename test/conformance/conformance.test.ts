import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test.each([
  ["in Node", []],
  ["in a bundle for browsers", ["--browser"]],
])(
  "generated code passes protobuf's conformance suite for proto2, proto3 and editions %s",
  {
    timeout: 120_000,
  },
  async (_, flags) => {
    const runner = fileURLToPath(new URL("run.js", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [runner, "--verbose", ...flags]).catch(
      (error: { stdout: string }) => error,
    );
    // Failures come as "name: what went wrong" before the table.
    expect(stdout.split("\n").filter((line) => /^(?:Required|Recommended)\./.test(line))).toEqual([]);
    expect(stdout.match(/│ \d+ +│ 0 +│ 0 +│/g)).toHaveLength(6);
  },
);
