import { describe, expect, test } from "vitest";
import { codeFrame } from "../../../src/generator/commands/code-frame.ts";
import { CommandError } from "../../../src/generator/commands/exit-codes.ts";
import { createPaint, wantsColor } from "../../../src/generator/commands/paint.ts";
import { reportError } from "../../../src/generator/commands/report-error.ts";
import { createTerminal, printable } from "../../../src/generator/commands/terminal.ts";
import { OutputPathError } from "../../../src/generator/emit/output-path.ts";
import { ProjectError } from "../../../src/generator/project/project-error.ts";
import { ScaffoldError } from "../../../src/generator/scaffold/scaffold-error.ts";
import { SchemaError } from "../../../src/generator/schema/diagnostic.ts";

const plain = createPaint(false);

describe("colour", () => {
  test.each([
    ["a terminal has it", {}, true, undefined, true],
    ["a pipe has none", {}, false, undefined, false],
    ["NO_COLOR takes it from a terminal", { NO_COLOR: "1" }, true, undefined, false],
    ["an empty NO_COLOR says nothing", { NO_COLOR: "" }, true, undefined, true],
    ["FORCE_COLOR gives it to a pipe", { FORCE_COLOR: "1" }, false, undefined, true],
    ["FORCE_COLOR=0 takes it from a terminal", { FORCE_COLOR: "0" }, true, undefined, false],
    ["TERM=dumb has none", { TERM: "dumb" }, true, undefined, false],
    ["--no-color wins over FORCE_COLOR", { FORCE_COLOR: "1" }, true, false, false],
    ["--color wins over NO_COLOR", { NO_COLOR: "1" }, false, true, true],
  ])("%s", (_, env, isTerminal, flag, expected) => {
    expect(wantsColor({ env, isTerminal, flag })).toBe(expected);
  });
});

describe("a code frame", () => {
  test("marks the column of the line", () => {
    expect(codeFrame("one\n  strin name = 1;\n", { line: 2, column: 3 }, plain)).toBe(
      "  2 |   strin name = 1;\n    |   ^",
    );
  });

  test("keeps the mark in place behind tabs", () => {
    expect(codeFrame("\t\tx", { line: 1, column: 3 }, plain)).toBe("  1 |     x\n    |     ^");
  });

  test("shows a window of a very long line", () => {
    const frame = codeFrame(`${"a".repeat(5000)}!${"b".repeat(5000)}`, { line: 1, column: 5001 }, plain);
    const [line = "", mark = ""] = frame.split("\n");
    expect(line.length).toBeLessThan(180);
    expect(line[mark.indexOf("^")]).toBe("!");
  });

  test("is empty when the text has no such line", () => {
    expect(codeFrame("one", { line: 7, column: 1 }, plain)).toBe("");
  });
});

test("text from outside cannot steer the terminal", () => {
  expect(printable("a\u001b[2Jb\u0007\tc\n\u202e")).toBe("a\\x1b[2Jb\\x07\tc\n\\u202e");
});

test("a person can be asked only at a terminal outside CI", () => {
  const tty = { isTTY: true, write: () => true };
  const at = (stdinTty: boolean, env: Record<string, string>) =>
    createTerminal({ stdin: { isTTY: stdinTty }, stdout: tty, stderr: tty, env, argv: [] }).interactive;
  expect(at(true, {})).toBe(true);
  expect(at(false, {})).toBe(false);
  expect(at(true, { CI: "true" })).toBe(false);
});

describe("an error becomes an exit code and a message", () => {
  const commanderError = Object.assign(new Error("x"), { code: "commander.unknownOption", exitCode: 1 });
  const helpShown = Object.assign(new Error("x"), { code: "commander.helpDisplayed", exitCode: 0 });
  const exitPrompt = Object.assign(new Error("x"), { name: "ExitPromptError" });
  const schemaError = new SchemaError([
    { position: { file: "a.proto", line: 3, column: 5 }, rule: "syntax", message: "Expected ';'." },
  ]);

  test.each([
    ["the user's mistake", new CommandError(3, "In the way."), 3, "error: In the way.\n"],
    ["a bad micro.json", new ProjectError("invalid", "Bad."), 2, "error: Bad.\n"],
    ["a target that is in the way", new ProjectError("conflict", "Bad."), 3, "error: Bad.\n"],
    ["a wrong answer", new ScaffoldError("usage", "Bad."), 2, "error: Bad.\n"],
    ["a target folder in use", new ScaffoldError("conflict", "Bad."), 3, "error: Bad.\n"],
    ["a schema path that is no file name", new OutputPathError("Bad."), 6, "error: Bad.\n"],
    ["a full disk", new ProjectError("io", "Bad."), 1, "error: Bad.\n"],
    ["conflict markers", new ProjectError("unmerged", "Bad."), 4, "error: Bad.\n"],
    ["an unknown flag, which commander has printed", commanderError, 2, ""],
    ["shown help", helpShown, 0, ""],
    ["Ctrl-C at a prompt", exitPrompt, 130, ""],
    [
      "a schema error",
      schemaError,
      6,
      "a.proto:3:5 Expected ';'. (syntax)\n1 mistake in the schema; nothing was written.\n",
    ],
    [
      "a bug",
      new TypeError("oops"),
      1,
      "unexpected error: oops\nRun the command again with --debug to see where it happened.\n",
    ],
  ])("%s", (_, error, exitCode, printed) => {
    let text = "";
    const stream = { write: (chunk: string) => (text += chunk) };
    const terminal = createTerminal({ stdout: stream, stderr: stream, env: {}, argv: [] });
    expect(reportError(terminal, error)).toBe(exitCode);
    expect(text).toBe(printed);
  });

  test("the stack is shown with --debug only", () => {
    let text = "";
    const stream = { write: (chunk: string) => (text += chunk) };
    const terminal = createTerminal({ stdout: stream, stderr: stream, env: {}, argv: ["--debug"] });
    reportError(terminal, new CommandError(3, "In the way."));
    expect(text).toMatch(/^error: In the way\.\nCommandError: In the way\.\n +at /);
  });
});
