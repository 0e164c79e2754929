import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { loadSchema } from "../../../src/generator/check/index.ts";
import { createProgress } from "../../../src/generator/commands/progress.ts";
import { createTerminal } from "../../../src/generator/commands/terminal.ts";
import { emitSchema } from "../../../src/generator/emit/index.ts";
import type { Generator } from "../../../src/generator/project/index.ts";
import { createFolder } from "../project/folder.ts";
import { runMicroGen } from "./micro-gen-in-process.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

describe("progress", () => {
  function record() {
    const text = { said: "" };
    const stream = { write: (chunk: string) => (text.said += chunk) };
    const { err } = createTerminal({ stdout: stream, stderr: stream, env: {}, argv: [] });
    return { text, progress: createProgress(err, { shown: true }) };
  }

  test("says nothing in the first second, then what is being done", () => {
    const { text, progress } = record();
    progress.step("Reading");
    vi.advanceTimersByTime(500);
    progress.step("Printing");
    vi.advanceTimersByTime(499);
    expect(text.said).toBe("");
    vi.advanceTimersByTime(1);
    expect(text.said).toBe("Printing ...\n");
    progress.step("Writing");
    expect(text.said).toBe("Printing ...\nWriting ...\n");
  });

  test("is silent while a person is asked", () => {
    const { text, progress } = record();
    progress.step("Reading");
    progress.rest();
    vi.advanceTimersByTime(5000);
    expect(text.said).toBe("");
    progress.step("Writing");
    expect(text.said).toBe("Writing ...\n");
  });

  test("ends with the run", () => {
    const { text, progress } = record();
    progress.step("Reading");
    progress.end();
    vi.advanceTimersByTime(5000);
    expect(text.said).toBe("");
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a run of micro-gen that takes longer than a second", () => {
  /** Takes its time to read the schemas. */
  const slow: Generator = {
    loadSchema: async (options) => {
      vi.advanceTimersByTime(1500);
      return loadSchema(options);
    },
    emit: emitSchema,
  };
  const protos = { "a.proto": 'syntax = "proto3";\nmessage A {}\n' };
  const steps =
    "Reading 1 schema ...\nGenerating code ...\nComparing with the files on disk ...\nWriting the changes ...\n";

  const stderrOf = async (argv: string[], isTTY: boolean, generator = slow) => {
    const folder = await createFolder(protos);
    return (await runMicroGen(folder.path, ["a.proto", ...argv], { generator, isTTY })).stderr;
  };

  test("says on a terminal what it does", async () => {
    expect(await stderrOf([], true)).toContain(steps);
  });

  test("says so in a pipe when asked to be verbose", async () => {
    expect(await stderrOf(["--verbose"], false)).toContain(steps);
  });

  test.each([
    ["in a pipe", [], false],
    ["with --quiet", ["--quiet"], true],
    ["with --json", ["--json", "--verbose"], true],
  ])("keeps it to itself %s", async (_, argv, isTTY) => {
    expect(await stderrOf(argv, isTTY)).not.toContain("...");
  });

  test("and a quick one never does", async () => {
    expect(await stderrOf([], true, { loadSchema, emit: emitSchema })).not.toContain("...");
    expect(vi.getTimerCount()).toBe(0);
  });
});
