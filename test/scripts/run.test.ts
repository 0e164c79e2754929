import { expect, test } from "vitest";
import { excerpt, run } from "../../scripts/run.js";

const lines = (count: number, text: string) =>
  Array.from({ length: count }, (_, index) => `${text} ${index}`);

test("when a program fails then the error shows npm's reason, not only the end of a long output", async () => {
  const said = [...lines(50, "npm warn"), "npm error code EUSAGE", ...lines(60, "npm error help"), ""].join(
    "\n",
  );
  const failing = run(process.execPath, [
    "-e",
    `process.stderr.write(${JSON.stringify(said)}); process.exitCode = 3`,
  ]);
  const { message, exitCode } = await failing.then(
    () => expect.fail("it succeeded"),
    (error) => error,
  );
  expect(exitCode).toBe(3);
  expect(message).toContain("ended with code 3\nnpm error code EUSAGE\n");
  expect(message).toContain("npm error help 59");
  expect(message).not.toContain("npm warn 0\n");
});

test("when a program says little then all of it is shown", () => {
  const all = lines(40, "line").join("\n");
  expect(excerpt(`${all}\n`)).toBe(all);
});

test("when a long output holds no error of npm then its first and last lines are shown", () => {
  const shown = excerpt(lines(100, "line").join("\n")).split("\n");
  expect(shown.slice(0, 2)).toEqual(["line 0", "line 1"]);
  expect(shown.at(-1)).toBe("line 99");
  expect(shown).toHaveLength(41);
});
