import { expect, test } from "vitest";
import { createCompilerLines } from "../../../src/toolkit/run/compiler-lines.ts";

const ERROR = "src/main.ts(13,14): error TS2322: Type 'string' is not assignable to type 'number'.";

function setUp() {
  const clock = { ms: 0 };
  const said: string[] = [];
  const lines = createCompilerLines(
    (line) => said.push(line),
    () => clock.ms,
  );
  const build = (...errors: string[]) => {
    const found = `Found ${errors.length} error${errors.length === 1 ? "" : "s"}. Watching for file changes.`;
    const all = ["04:27:45 PM - File change detected. Starting incremental compilation...", "", ...errors];
    for (const line of all) expect(lines.take(line)).toBeUndefined();
    expect(lines.take(`04:27:45 PM - ${found}`)).toBe(errors.length);
    return said.splice(0);
  };
  return { clock, said, lines, build };
}

test("an error is told once, however often the compiler runs for one save", () => {
  const { clock, build } = setUp();
  expect(build()).toEqual([]);
  expect(build(ERROR)).toEqual([ERROR, "Found 1 error."]);
  clock.ms += 200;
  expect(build(ERROR)).toEqual([]);
});

test("after another save the same error is told in one line, and that it is gone", () => {
  const { clock, build } = setUp();
  build(ERROR);
  clock.ms += 5_000;
  expect(build(ERROR)).toEqual(["the same as before: Found 1 error."]);
  expect(build()).toEqual(["the errors are gone"]);
  expect(build()).toEqual([]);
});

test("what a compiler says that does not come to an end is told", () => {
  const { lines, said } = setUp();
  lines.take("error TS5083: Cannot read file 'tsconfig.json'.");
  lines.flush();
  expect(said).toEqual(["error TS5083: Cannot read file 'tsconfig.json'."]);
});
