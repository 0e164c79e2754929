import { statSync } from "node:fs";
import { cp, mkdir, readFile, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { execa, execaNode } from "execa";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { readMicroGenOptions } from "../../../src/generator/commands/micro-gen-options.ts";
import { chooseGeneration } from "../../../src/generator/commands/micro-gen-target.ts";
import { createTerminal } from "../../../src/generator/commands/terminal.ts";
import { openRunMemory } from "../../../src/generator/project/index.ts";
import { createFolder, type Folder } from "../project/folder.ts";
import { runMicroGen } from "./micro-gen-in-process.ts";

const greeter =
  'syntax = "proto3";\npackage greeter;\nimport "money.proto";\nmessage Hello { string name = 1; Money price = 2; }\n' +
  "service Greeter { rpc Hi(Hello) returns (Hello); }\n";
const money = 'syntax = "proto3";\npackage greeter;\nmessage Money { int64 units = 1; }\n';

/** Two ways to use micro-gen, both with everything a run looks at. */
const scenes = {
  "named schemas": {
    files: { "proto/greeter.proto": greeter, "lib/money.proto": money },
    argv: ["proto", "-I", "first", "-I", "proto", "-I", "lib", "--out", "src/gen"],
    /** What the manifest lies in. */
    root: "src/gen",
  },
  "a project": {
    files: {
      "micro.json": JSON.stringify({
        namespace: "go.micro",
        services: [{ name: "go.micro.srv.greeter", type: "srv", dir: "." }],
        proto: ["first", "proto", "lib"],
      }),
      "first/other.proto": 'syntax = "proto3";\nmessage Other {}\n',
      "proto/greeter.proto": greeter,
      "lib/money.proto": money,
      "src/main.ts":
        'import { Greeter } from "./handler/greeter.ts";\nregisterGreeterHandler(service.server, new Greeter());\n',
      "src/handler/greeter.ts":
        'import type { GreeterHandler } from "../gen/greeter.service.ts";\nexport class Greeter implements GreeterHandler {\n' +
        "  async hi() {\n    return {};\n  }\n}\n",
    },
    argv: [],
    root: ".",
  },
} as const;
type Scene = (typeof scenes)[keyof typeof scenes];

/** As long as it takes until nobody doubts the time of a file's last change. */
const aging = () => delay(60);

/** Gives files a time of change that can be put back exactly, and their age. */
async function settle(folder: Folder): Promise<void> {
  for (const path of Object.keys(await folder.tree())) await utimes(join(folder.path, path), 1e9, 1e9);
  await aging();
}

/** A folder with generated code in it, and a run that is remembered: one that found all of it as it should be. */
async function generated({ files, argv, root }: Scene): Promise<Folder> {
  const folder = await createFolder(files);
  expect(await runMicroGen(folder.path, argv)).toMatchObject({ exitCode: 0 });
  await settle(folder);
  await rm(join(folder.path, root, ".micro/cache"), { recursive: true, force: true });
  await runMicroGen(folder.path, argv);
  return folder;
}

async function isRemembered(folder: Folder, argv: readonly string[]): Promise<boolean> {
  const silent = { write: () => true };
  const terminal = createTerminal({ stdout: silent, stderr: silent, env: {}, argv });
  const context = { argv, cwd: folder.path, env: {}, terminal, signal: new AbortController().signal };
  const { paths, options } = readMicroGenOptions(context);
  const memory = await openRunMemory(await chooseGeneration(paths, options, folder.path));
  return memory.recall() !== undefined;
}

/** Other bytes of the same number, and the time of change put back, as an archive or a careful tool does it. */
async function forge(file: string): Promise<void> {
  const text = await readFile(file, "latin1");
  await writeFile(file, text.replaceAll("units", "unitz"), "latin1");
  await utimes(file, 1e9, 1e9);
}

/** Absolute paths of what is in the folder, in the output folder, and in `.micro`. */
interface Places {
  at(path: string): string;
  out(path: string): string;
  own(path: string): string;
}

const placesOf = (folder: Folder, { root }: Scene): Places => ({
  at: (path) => join(folder.path, path),
  out: (path) => join(folder.path, "src/gen", path),
  own: (path) => join(folder.path, root, ".micro", path),
});

/** What may happen between two runs. */
const events: Readonly<Record<string, (places: Places) => Promise<unknown>>> = {
  "an output is edited": ({ out }) => writeFile(out("greeter.ts"), "mine\n"),
  "an output is edited behind the clock's back": ({ out }) => forge(out("money.codec.ts")),
  "an output is deleted": ({ out }) => rm(out("greeter.service.ts"), { force: true }),
  "an output is moved away and back": async ({ out }) => {
    await rename(out("schema.binpb"), out("x"));
    await rename(out("x"), out("schema.binpb"));
  },
  "an output becomes a link": async ({ out }) => {
    await rename(out("money.ts"), out("other.ts"));
    await symlink("other.ts", out("money.ts"));
  },
  "all outputs are deleted": ({ out }) => rm(out(""), { recursive: true, force: true }),
  "a schema changes": ({ at }) =>
    writeFile(at("proto/greeter.proto"), greeter.replace("name = 1", "name = 3")),
  "a schema changes behind the clock's back": ({ at }) => forge(at("lib/money.proto")),
  "a schema is broken": ({ at }) => writeFile(at("proto/greeter.proto"), "message {"),
  "a schema goes": ({ at }) => rm(at("proto/greeter.proto"), { force: true }),
  "an imported schema goes": ({ at }) => rm(at("lib/money.proto"), { force: true }),
  "a schema comes": ({ at }) => writeFile(at("proto/new.proto"), 'syntax = "proto3";\nmessage New {}\n'),
  "a schema comes before another of its name": async ({ at }) => {
    await mkdir(at("first"), { recursive: true });
    await writeFile(at("first/money.proto"), money.replace("int64", "string"));
  },
  "a schema comes that the tool has itself": async ({ at }) => {
    await mkdir(at("proto/google/protobuf"), { recursive: true });
    await writeFile(at("proto/google/protobuf/descriptor.proto"), "message {");
  },
  "a folder of schemas is deleted": ({ at }) => rm(at("lib"), { recursive: true, force: true }),
  "a file is to be left alone": ({ own }) => writeFile(own("../.microgenignore"), "greeter.ts\n"),
  "the manifest forgets a file": async ({ own }) => {
    const file = own("manifest.json");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(/^ {4}".*greeter\.ts".*\n/m, ""));
  },
  "the manifest is lost": ({ own }) => rm(own("manifest.json"), { force: true }),
  "a killed run leaves its traces": ({ own }) => writeFile(own("pending.json"), "{}"),
  "the handler changes": ({ at }) =>
    writeFile(at("src/handler/greeter.ts"), "export class Greeter implements GreeterHandler {}\n"),
  "micro.json changes": async ({ at }) => {
    const text = await readFile(at("micro.json"), "utf8");
    await writeFile(at("micro.json"), text.replace(/}$/, ',"int64":"string"}'));
  },
  "a buf.yaml comes": ({ at }) => writeFile(at("buf.yaml"), "version: v2\nmodules:\n  - path: proto\n"),
  "the memory is garbage": ({ own }) => writeFile(own("cache/last-run.json"), '{"key":1,"outputs":"x"}'),
  "time passes": aging,
};

/** Events that find nothing to happen to, such as a second deletion, are none. */
async function happen(name: string, places: Places): Promise<void> {
  try {
    await events[name]?.(places);
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toMatch(/^(ENOENT|EEXIST|ENOTDIR)$/);
  }
}

/** With what is remembered and without it a run must say the same. */
async function expectHonest(folder: Folder, scene: Scene, argv: readonly string[]): Promise<void> {
  const spared = await runMicroGen(folder.path, argv);
  await rm(placesOf(folder, scene).own("cache"), { recursive: true, force: true });
  expect(await runMicroGen(folder.path, argv)).toEqual(spared);
}

describe.each(Object.entries(scenes))("in %s", (_, scene) => {
  const { argv } = scene;
  const check = [...argv, "--check", "--json"];

  test("a second run is spared, says what a full one says, and touches no file", async () => {
    const folder = await generated(scene);
    expect(await isRemembered(folder, argv)).toBe(true);
    const times = await folder.times();
    const spared = await runMicroGen(folder.path, [...argv, "--verbose"]);
    expect(await folder.times()).toEqual(times);
    await expectHonest(folder, scene, check);
    expect(await runMicroGen(folder.path, [...argv, "--verbose"])).toEqual(spared);
  });

  test.each(Object.keys(events))("a run says the truth when %s", async (name) => {
    const folder = await generated(scene);
    await happen(name, placesOf(folder, scene));
    await expectHonest(folder, scene, check);
  });

  test("outputs that were written a moment ago are known by their bytes", async () => {
    const folder = await createFolder(scene.files);
    await settle(folder);
    await runMicroGen(folder.path, argv);
    expect(await isRemembered(folder, argv)).toBe(true);
    await forge(join(folder.path, "src/gen/money.ts"));
    expect(await isRemembered(folder, argv)).toBe(false);
  });

  test("a run that read schemas of a moment ago is not remembered", async () => {
    const folder = await createFolder(scene.files);
    await settle(folder);
    await forge(join(folder.path, "lib/money.proto"));
    await runMicroGen(folder.path, argv);
    expect(await isRemembered(folder, argv)).toBe(false);
  });

  test("a run says the truth whatever happens, and with whatever options", async () => {
    const options = [[], ["--int64", "string"], ["--import-extension", "js"], ["--force"]].filter(
      (more) => argv.length > 0 || more.length === 0 || more[0] === "--force",
    );
    const name = fc.constantFrom(...Object.keys(events));
    const step = fc.record({ names: fc.array(name, { maxLength: 3 }), more: fc.constantFrom(...options) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 3 }), async (steps) => {
        const folder = await generated(scene);
        for (const { names, more } of steps) {
          for (const one of names) await happen(one, placesOf(folder, scene));
          await expectHonest(folder, scene, [...check, ...more]);
          await runMicroGen(folder.path, [...argv, ...more]);
        }
      }),
      { numRuns: 5 },
    );
  });
});

describe("the installed command", () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const trace = fileURLToPath(new URL("trace-files.mjs", import.meta.url));
  beforeAll(() => execa("npx", ["tsc", "-b", "src/generator"], { cwd: root }), 120_000);

  /** All paths below the folder that a run looks at. Of `.micro`, whatever is in it counts. */
  async function lookedAt(folder: Folder, argv: readonly string[]): Promise<string[]> {
    const file = join(folder.path, "trace.json");
    await execaNode(`${root}bin/micro-gen.js`, argv, {
      cwd: folder.path,
      nodeOptions: ["--import", trace],
      env: { TRACE_FILE: file },
    });
    const paths = JSON.parse(await readFile(file, "utf8")) as string[];
    await rm(file);
    return paths
      .filter((path) => path.startsWith(folder.path + sep) && !/\.micro.\w/.test(path))
      .map((path) => path.slice(folder.path.length + 1).replaceAll(sep, "/"));
  }

  test.each(Object.entries(scenes))(
    "a run that is spared has looked at all that a full one looks at, in %s",
    async (_, scene) => {
      const folder = await generated(scene);
      await rm(placesOf(folder, scene).own("cache"), { recursive: true });
      const full = await lookedAt(folder, scene.argv);
      const spared = await lookedAt(folder, scene.argv);
      expect(full.filter((path) => !spared.includes(path))).toEqual([]);
      expect(spared.length).toBeGreaterThan(5);
    },
  );

  test("a tool that changed believes nothing", async () => {
    const folder = await generated(scenes["named schemas"]);
    const { argv } = scenes["named schemas"];
    const tool = await createFolder();
    for (const part of ["bin", "dist", "package.json"])
      await cp(join(root, part), join(tool.path, part), { recursive: true, preserveTimestamps: true });
    await symlink(join(root, "node_modules"), join(tool.path, "node_modules"));
    const remembered = () =>
      statSync(placesOf(folder, scenes["named schemas"]).own("cache/last-run.json")).mtimeMs;
    const times: number[] = [];
    for (const touch of ["", "", "dist/emit/naming.js"]) {
      if (touch !== "") await tool.write({ [touch]: `${await tool.read(touch)}// changed\n` });
      await execaNode(join(tool.path, "bin/micro-gen.js"), argv, { cwd: folder.path });
      times.push(remembered());
    }
    expect(times[1]).toBe(times[0]);
    expect(times[2]).not.toBe(times[1]);
  });
});
