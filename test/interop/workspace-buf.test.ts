import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadDescriptorSet, loadSchema } from "../../src/generator/check/index.ts";
import { bufPaths, folderGeneration } from "../../src/generator/project/index.ts";
import { SchemaError } from "../../src/generator/schema/index.ts";

const run = promisify(execFile);
const bufVersion = "1.75.0";

let root: string;
let buf: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "workspace-buf-"));
  const tools = join(root, "tools");
  await run("npm", [
    "install",
    "--prefix",
    tools,
    "--no-save",
    "--ignore-scripts",
    `@bufbuild/buf@${bufVersion}`,
  ]);
  buf = join(tools, "node_modules", ".bin", "buf");
});
afterAll(() => rm(root, { recursive: true, force: true }));

const message = (name: string, ...imports: string[]) =>
  `syntax = "proto3"; package p; ${imports.map((path) => `import "${path}";`).join(" ")} message ${name} { }`;

/** A layout, where to stand in it, and the files that imports know; buf is asked the same. */
const layouts: readonly {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly knows: readonly string[] | "an error";
}[] = [
  {
    title: "v2 without modules",
    files: { "buf.yaml": "version: v2", "a/a.proto": message("A", "b.proto"), "b.proto": message("B") },
    knows: ["a/a.proto", "b.proto"],
  },
  {
    title: "v2 modules that import each other",
    files: {
      "buf.yaml": "version: v2\nmodules:\n  - path: x\n  - path: y/z\n",
      "x/a.proto": message("A", "b.proto"),
      "y/z/b.proto": message("B"),
      "y/c.proto": message("C"),
    },
    knows: ["a.proto", "b.proto"],
  },
  {
    title: "v2 excludes",
    files: {
      "buf.yaml": "version: v2\nmodules:\n  - path: x\n    excludes: [x/old, x/older/]\n",
      "x/a.proto": message("A"),
      "x/old/b.proto": message("B"),
      "x/older/c/c.proto": message("C"),
      "x/oldest/d.proto": message("D"),
    },
    knows: ["a.proto", "oldest/d.proto"],
  },
  {
    title: "v2 includes",
    files: {
      "buf.yaml": "version: v2\nmodules:\n  - path: x\n    includes: [x/new]\n    excludes: [x/new/draft]\n",
      "x/a.proto": message("A"),
      "x/new/b.proto": message("B"),
      "x/new/draft/c.proto": message("C"),
    },
    knows: ["new/b.proto"],
  },
  {
    title: "v2 with an import of what is excluded",
    files: {
      "buf.yaml": "version: v2\nmodules:\n  - path: x\n    excludes: [x/old]\n",
      "x/a.proto": message("A", "old/b.proto"),
      "x/old/b.proto": message("B"),
    },
    knows: "an error",
  },
  {
    title: "v2 with the same path twice",
    files: {
      "buf.yaml": "version: v2\nmodules:\n  - path: x\n  - path: y\n",
      "x/a.proto": message("A"),
      "y/a.proto": message("B"),
    },
    knows: "an error",
  },
  {
    title: "v2 with a module that leads out",
    files: { "in/buf.yaml": "version: v2\nmodules:\n  - path: ../x\n", "x/a.proto": message("A") },
    cwd: "in",
    knows: "an error",
  },
  {
    title: "v1 excludes",
    files: {
      "buf.yaml": "version: v1\nbuild:\n  excludes: [old]\n",
      "a.proto": message("A"),
      "old/b.proto": message("B"),
    },
    knows: ["a.proto"],
  },
  {
    title: "v1beta1 roots with excludes",
    files: {
      "buf.yaml": "version: v1beta1\nbuild:\n  roots: [x, y]\n  excludes: [y/old]\n",
      "x/a.proto": message("A", "b.proto"),
      "y/b.proto": message("B"),
      "y/old/c.proto": message("C"),
      "d.proto": message("D"),
    },
    knows: ["a.proto", "b.proto"],
  },
  {
    title: "buf.work.yaml",
    files: {
      "buf.work.yaml": "version: v1\ndirectories: [x, y]\n",
      "x/buf.yaml": "version: v1\nbuild:\n  excludes: [old]\n",
      "x/a.proto": message("A", "b.proto"),
      "x/old/o.proto": message("O"),
      "y/b.proto": message("B"),
      "z/c.proto": message("C"),
    },
    knows: ["a.proto", "b.proto"],
  },
  {
    title: "a buf.work.yaml that leads out",
    files: { "in/buf.work.yaml": "version: v1\ndirectories: [../x]\n", "x/a.proto": message("A") },
    cwd: "in",
    knows: "an error",
  },
  {
    title: "a version that does not exist",
    files: { "buf.yaml": "version: v7\n", "a.proto": message("A") },
    knows: "an error",
  },
];

test.each(layouts)("$title", async ({ title, files, cwd = ".", knows }) => {
  const folder = join(root, title.replaceAll(/\W/g, "-"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const place = join(folder, cwd);
  expect({ buf: await askBuf(place), ours: await askOurs(place) }).toEqual({ buf: knows, ours: knows });
});

async function askBuf(cwd: string): Promise<readonly string[] | "an error"> {
  try {
    const { stdout } = await run(buf, ["build", "-o", "-"], { cwd, encoding: "buffer" });
    const { files } = await loadDescriptorSet({ descriptorSet: stdout });
    return files.map(({ path }) => path);
  } catch (error) {
    if ((error as { code?: unknown }).code === undefined) throw error;
    return "an error";
  }
}

async function askOurs(cwd: string): Promise<readonly string[] | "an error"> {
  try {
    const paths = (await bufPaths(cwd)) ?? expect.unreachable("no buf.yaml was found");
    const generation = await folderGeneration({
      paths,
      includePaths: [],
      out: "gen",
      importExtension: "ts",
      cwd,
    });
    const { files, includePaths, search } = generation;
    return (await loadSchema({ files, includePaths, cwd, ...search })).files.map(({ path }) => path);
  } catch (error) {
    if (!(error instanceof SchemaError || (error as Error).name === "ProjectError")) throw error;
    return "an error";
  }
}
