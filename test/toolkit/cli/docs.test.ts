import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ExitCode } from "../../../src/toolkit/cli/exit-code.ts";
import { createProgram } from "../../../src/toolkit/cli/program.ts";
import { createFakeTerminal } from "./fake-terminal.ts";

const read = (page: string) => readFileSync(new URL(`../../../docs/${page}`, import.meta.url), "utf8");
const pages = read("micro.md") + read("gateway.md");
const program = createProgram({
  terminal: createFakeTerminal(),
  connect: () => Promise.reject(new Error("not here")),
  version: "0",
});

describe("the documentation knows what the command knows", () => {
  const commands = [program, ...program.commands];

  test.each(program.commands.map((command) => command.name()))("micro %s", (name) => {
    expect(pages).toContain(`micro ${name}`);
  });

  test.each(commands.flatMap((command) => command.options.map((option) => option.long ?? option.flags)))(
    "flag %s",
    (flag) => {
      expect(pages).toContain(flag);
    },
  );

  test.each([...new Set(Object.values(ExitCode))])("exit code %i", (code) => {
    expect(read("micro.md")).toContain(`| ${code} |`);
  });
});
