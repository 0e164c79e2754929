import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadSchema } from "../../../src/generator/check/index.ts";
import { SchemaError } from "../../../src/generator/schema/index.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const rows = [...read("docs/checks.md").matchAll(/^\| `([a-z0-9-]+)` \| (.+?) \| (.+) \|$/gm)].map(
  ([, rule, example, fix]) => ({ rule: rule as string, example: example as string, fix: fix as string }),
);

/** Names of rules as the sources write them: keys of the rule tables, and what readers of text call theirs. */
function rulesInCode(): string[] {
  const found = new Set<string>();
  for (const room of ["check", "schema"]) {
    for (const name of readdirSync(new URL(`src/generator/${room}/`, root))) {
      const text = read(`src/generator/${room}/${name}`);
      const patterns =
        room === "check" && name.endsWith("-rules.ts")
          ? [/^ {2}"?([a-z0-9-]+)"?\(.*report\) \{$/gm]
          : [/rule: "([a-z0-9-]+)"/g, /new OptionError\(\s*[\w.]+,\s*"([a-z-]+)"/g];
      for (const pattern of patterns)
        for (const match of text.matchAll(pattern)) found.add(match[1] as string);
    }
  }
  return [...found].sort();
}

test("the page of checks tells every rule there is, and no other", () => {
  expect(rows.map(({ rule }) => rule).sort()).toEqual(rulesInCode());
});

const examples = rows.flatMap(({ rule, example }) => {
  const text = /^`(.+)`$/.exec(example)?.[1];
  return text === undefined || text.startsWith("micro-gen ") ? [] : [{ rule, text }];
});

test.each(examples)("the page's example of $rule breaks that rule and no other", async ({ rule, text }) => {
  const folder = await mkdtemp(join(tmpdir(), "checks-page-"));
  try {
    const isWhole = /^(?:syntax|edition)/.test(text);
    await writeFile(join(folder, "a.proto"), isWhole ? text : `syntax = "proto3"; ${text}`);
    const error: unknown = await loadSchema({ files: ["a.proto"], cwd: folder }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(SchemaError);
    expect(new Set((error as SchemaError).diagnostics.map((one) => one.rule))).toEqual(new Set([rule]));
  } finally {
    await rm(folder, { recursive: true });
  }
});
