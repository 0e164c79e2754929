import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { generate, loadSchema } from "../../../src/generator/index.ts";

const page = readFileSync(fileURLToPath(new URL("../../../docs/generated-code.md", import.meta.url)), "utf8");
const PAIR = /<td>\n\n```proto\n(.+?)```\n\n<\/td><td>\n\n```ts\n(.+?)```/gs;
const pairs = page.split(/^#+ /m).flatMap((section) =>
  [...section.matchAll(PAIR)].map(([, proto = "", typescript = ""]) => ({
    title: section.split("\n")[0],
    proto,
    typescript,
  })),
);

describe("docs/generated-code.md shows what the generator writes", () => {
  test("and shows much", () => expect(pairs.length).toBeGreaterThan(12));

  test.each(pairs)("of $title", async ({ proto, typescript }) => {
    const cwd = await mkdtemp(join(tmpdir(), "docs-"));
    try {
      const head = /^(?:syntax|edition) /.test(proto) ? "" : 'syntax = "proto3";\n';
      await writeFile(join(cwd, "page.proto"), head + proto);
      const files = generate(await loadSchema({ files: ["page.proto"], cwd }));
      const printed = files.filter(({ path }) => /^page(?:\.service)?\.ts$/.test(path));
      let rest = printed.map(({ content }) => String(content)).join("\n");
      for (const part of typescript.split(/^ *\.\.\.\n/m)) {
        expect(rest).toContain(part);
        rest = rest.slice(rest.indexOf(part) + part.length);
      }
    } finally {
      await rm(cwd, { recursive: true });
    }
  });
});
