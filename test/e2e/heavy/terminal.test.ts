import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { type Result, temporaryFolder, tool, treeOf } from "../scaffold-helpers.ts";
import { CTRL_C, ENTER, typeInto } from "./at-terminal.ts";

// What a person at a terminal sees. Needs Python, which has pseudo-terminals in its library.
const top = temporaryFolder();
let count = 0;
let cwd: string;
beforeEach(() => {
  cwd = join(top, String(count++));
  mkdirSync(cwd);
});

/** Runs the tool in a terminal and types, each time after the text was seen. */
function type(
  keys: readonly (readonly [seen: string, keys: string])[],
  args: readonly string[] = [],
): Promise<Result> {
  return typeInto(keys, [tool, ...args], { cwd });
}

const quick = ["--no-install", "--no-git", "--runtime", "link"];

describe("at a terminal", () => {
  test("when Ctrl-C is typed at the first question then it exits with 130, the cursor is back and nothing is there", async () => {
    const { code, stdout } = await type([["Folder", CTRL_C]]);
    expect(code).toBe(130);
    expect(stdout.lastIndexOf("\u001b[?25h")).toBeGreaterThan(stdout.lastIndexOf("\u001b[?25l"));
    expect(readdirSync(cwd)).toEqual([]);
  });

  test("when Ctrl-C is typed at the last question then nothing is there either", async () => {
    const keys = [
      ["Folder", ENTER],
      ["What to make", ENTER],
      ["Your .proto", ENTER],
      ["Short name", ENTER],
      ["Namespace", CTRL_C],
    ] as const;
    expect((await type(keys, quick)).code).toBe(130);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test("when every question is answered then the project is as answered", async () => {
    const keys = [
      ["Folder", `shop${ENTER}`],
      ["What to make", `a${ENTER}`],
      ["Your .proto", ENTER],
      ["Short name", ENTER],
      ["Namespace", `com.example${ENTER}`],
    ] as const;
    const { code, stdout } = await type(keys, quick);
    expect(code, stdout).toBe(0);
    const { services } = JSON.parse(readFileSync(join(cwd, "shop/micro.json"), "utf8"));
    expect(services.map(({ name }: { name: string }) => name)).toEqual([
      "com.example.srv.shop",
      "com.example.api.shop",
      "com.example.web.shop",
    ]);
  });

  test("when an answer cannot be then the rule is shown and it asks again", async () => {
    const { code, stdout } = await type(
      [
        ["Short name", `Bad Name!!${ENTER}`],
        ["lower-case letters", CTRL_C],
      ],
      ["greeter", "--type", "srv", "--proto", "", ...quick],
    );
    expect(code).toBe(130);
    expect(stdout).toContain("bad-name");
    expect(readdirSync(cwd)).toEqual([]);
  });

  test("when files are in the way then the first choice is to leave everything as it is", async () => {
    mkdirSync(join(cwd, "greeter"));
    writeFileSync(join(cwd, "greeter/package.json"), "{}");
    const before = treeOf(cwd);
    const answers = ["--type", "srv", "--proto", "", "--name", "greeter", "--namespace", "go.micro"];
    const { code, stdout } = await type([["What shall happen", ENTER]], ["greeter", ...answers, ...quick]);
    expect(code).toBe(3);
    expect(stdout).toContain("package.json");
    expect(treeOf(cwd)).toEqual(before);
  });
});
