import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { changeCases } from "./change-cases.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
/** Rules of the page with the text that says their kinds. */
const rows = read("docs/changing-a-schema.md")
  .split("## All rules")[1]!
  .split("\n")
  .flatMap((line) => {
    const [, names = "", kinds = ""] = /^\| (`[a-z0-9-]+`(?:, `[a-z0-9-]+`)*) \| (.*?) \|/.exec(line) ?? [];
    return (names.match(/[a-z0-9-]+/g) ?? []).map((rule) => ({ rule, kinds }));
  });

/** Keys of the tables of rules, and what is told of declarations as a whole. */
function rulesInCode(): string[] {
  const found = new Set<string>();
  for (const name of readdirSync(new URL("src/generator/compare/", root))) {
    const text = read(`src/generator/compare/${name}`);
    for (const match of text.matchAll(/^ {2}"([a-z0-9-]+)"\(\{/gm)) found.add(match[1] as string);
    for (const match of text.matchAll(/rule: "([a-z-]+)"/g)) found.add(match[1] as string);
    for (const [, what] of text.matchAll(/rule: `\$\{kind\}-([a-z]+)`/g)) {
      const kinds = what === "renamed" ? ["message", "enum"] : ["message", "enum", "extension", "service"];
      for (const kind of kinds) found.add(`${kind}-${what}`);
    }
  }
  return [...found].sort();
}

test("the page about changes tells every rule there is, and no other", () => {
  expect(rows.map(({ rule }) => rule).sort()).toEqual(rulesInCode());
});

test("it says of each rule what kinds of change it finds", () => {
  const found = new Set(
    changeCases.flatMap(({ finds }) => finds.map((line) => line.split(" ").slice(0, 2).join(" "))),
  );
  for (const line of found) {
    const [kind, rule] = line.split(" ");
    expect(rows.find((row) => row.rule === rule)?.kinds, line).toContain(kind);
  }
});

test("every rule but one that asks the user first is found by a case", () => {
  const found = new Set(changeCases.flatMap(({ finds }) => finds.map((line) => line.split(" ")[1])));
  expect(rows.flatMap(({ rule }) => (found.has(rule) ? [] : [rule])).sort()).toEqual([
    "enum-moved",
    "enum-renamed",
    "extension-added",
    "extension-moved",
    "message-renamed",
    "service-moved",
  ]);
});
