import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { chmod, mkdir, readdir, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type Action,
  applyPlan,
  emptyManifest,
  formatManifest,
  makePlan,
  type Plan,
  type PlanOptions,
  readManifest,
  type WantedFile,
} from "../../../src/generator/project/index.ts";
import { sha256 } from "../../../src/generator/project/manifest.ts";
import { createFolder, type Folder } from "./folder.ts";

const generated = (path: string, content: string): WantedFile => ({ path, content, class: "generated" });
const scaffolded = (path: string, content: string): WantedFile => ({ path, content, class: "scaffolded" });

async function plan(folder: Folder, wanted: readonly WantedFile[], options?: PlanOptions): Promise<Plan> {
  return makePlan(folder.path, wanted, await readManifest(folder.path), options);
}

async function run(folder: Folder, wanted: readonly WantedFile[], options?: PlanOptions): Promise<Plan> {
  const made = await plan(folder, wanted, options);
  await applyPlan(made);
  return made;
}

const actions = ({ files }: Plan): Record<string, Action> =>
  Object.fromEntries(files.map(({ path, action }) => [path, action]));

describe("a generated file", () => {
  test("is created, with the folders it needs", async () => {
    const folder = await createFolder();
    expect(actions(await run(folder, [generated("src/gen/a.ts", "1\n")]))).toEqual({
      "src/gen/a.ts": "create",
    });
    expect(await folder.read("src/gen/a.ts")).toBe("1\n");
  });

  test("is rewritten while nobody edited it", async () => {
    const folder = await createFolder();
    await run(folder, [generated("a.ts", "1\n")]);
    expect(actions(await run(folder, [generated("a.ts", "2\n")]))).toEqual({ "a.ts": "update" });
    expect(await folder.read("a.ts")).toBe("2\n");
  });

  test("that was edited is a conflict and is not touched", async () => {
    const folder = await createFolder();
    await run(folder, [generated("a.ts", "1\n")]);
    await folder.write({ "a.ts": "mine\n" });
    expect(actions(await run(folder, [generated("a.ts", "2\n")]))).toEqual({ "a.ts": "conflict" });
    expect(await folder.read("a.ts")).toBe("mine\n");
  });

  test("that was edited stays a conflict in the next run", async () => {
    const folder = await createFolder();
    await run(folder, [generated("a.ts", "1\n")]);
    await folder.write({ "a.ts": "mine\n" });
    await run(folder, [generated("a.ts", "2\n")]);
    expect(actions(await run(folder, [generated("a.ts", "3\n")]))).toEqual({ "a.ts": "conflict" });
  });

  test("that was edited is overwritten by force, and is ours again", async () => {
    const folder = await createFolder({ "a.ts": "mine\n" });
    expect(actions(await run(folder, [generated("a.ts", "1\n")], { force: true }))).toEqual({
      "a.ts": "update",
    });
    expect(actions(await run(folder, [generated("a.ts", "2\n")]))).toEqual({ "a.ts": "update" });
  });

  test("that somebody else put there is a conflict", async () => {
    const folder = await createFolder({ "a.ts": "who wrote me?\n" });
    expect(actions(await plan(folder, [generated("a.ts", "1\n")]))).toEqual({ "a.ts": "conflict" });
  });

  test("that holds what we want is identical, whatever the manifest says", async () => {
    const folder = await createFolder({ "a.ts": "1\n" });
    const made = await plan(folder, [generated("a.ts", "1\n")]);
    expect(actions(made)).toEqual({ "a.ts": "identical" });
    expect(made.manifestChanged).toBe(true);
  });

  test("that was deleted comes back", async () => {
    const folder = await createFolder();
    await run(folder, [generated("a.ts", "1\n")]);
    await folder.remove("a.ts");
    expect(actions(await run(folder, [generated("a.ts", "1\n")]))).toEqual({ "a.ts": "create" });
  });

  test("checked out with CRLF counts as unedited", async () => {
    const folder = await createFolder();
    await run(folder, [generated("a.ts", "1\n2\n"), generated("b.ts", "1\n")]);
    await folder.write({ "a.ts": "1\r\n2\r\n", "b.ts": "1\r\n" });
    const wanted = [generated("a.ts", "1\n2\n"), generated("b.ts", "2\n")];
    expect(actions(await plan(folder, wanted))).toEqual({ "a.ts": "identical", "b.ts": "update" });
  });

  test("that is not wanted any more is deleted with the folders it leaves empty", async () => {
    const folder = await createFolder();
    await run(folder, [generated("src/gen/a.ts", "1\n"), generated("src/gen/old/b.ts", "1\n")]);
    expect(actions(await run(folder, [generated("src/gen/a.ts", "1\n")]))).toEqual({
      "src/gen/a.ts": "identical",
      "src/gen/old/b.ts": "delete",
    });
    await expect(stat(join(folder.path, "src/gen/old"))).rejects.toThrow("ENOENT");
  });

  test("that is not wanted any more but was edited is an orphan until its owner removes it", async () => {
    const folder = await createFolder();
    await run(folder, [generated("a.ts", "1\n"), generated("b.ts", "1\n")]);
    await folder.write({ "b.ts": "mine\n" });
    for (let round = 0; round < 2; round++) {
      expect(actions(await run(folder, [generated("a.ts", "1\n")]))).toEqual({
        "a.ts": "identical",
        "b.ts": "orphan",
      });
    }
    expect(await folder.read("b.ts")).toBe("mine\n");
    await folder.remove("b.ts");
    expect(actions(await run(folder, [generated("a.ts", "1\n")]))).toEqual({ "a.ts": "identical" });
    expect(Object.keys(await folder.tree())).toEqual([".micro/manifest.json", "a.ts"]);
  });

  test("of another run is left out of it", async () => {
    const folder = await createFolder();
    await run(folder, [generated("api/a.ts", "1\n"), generated("srv/a.ts", "1\n")]);
    const made = await run(folder, [], { owns: (path) => path.startsWith("srv/") });
    expect(actions(made)).toEqual({ "srv/a.ts": "delete" });
    expect(await folder.read("api/a.ts")).toBe("1\n");
  });
});

describe.each(["scaffolded", "managed"] as const)("a %s file", (kind) => {
  const file = (content: string): WantedFile => ({ path: "src/main.ts", content, class: kind });

  test("is created once and the user's from then on", async () => {
    const folder = await createFolder();
    expect(actions(await run(folder, [file("1\n")]))).toEqual({ "src/main.ts": "create" });
    expect(actions(await run(folder, [file("2\n")]))).toEqual({ "src/main.ts": "keep" });
    expect(await folder.read("src/main.ts")).toBe("1\n");
  });

  test("that the user deleted stays deleted", async () => {
    const folder = await createFolder();
    await run(folder, [file("1\n")]);
    await folder.remove("src/main.ts");
    expect(actions(await run(folder, [file("2\n")]))).toEqual({ "src/main.ts": "keep" });
    expect(Object.keys(await folder.tree())).toEqual([".micro/manifest.json"]);
  });

  test("that is not wanted is not looked at", async () => {
    const folder = await createFolder();
    await run(folder, [file("1\n")]);
    expect(actions(await run(folder, []))).toEqual({});
    expect(await folder.read("src/main.ts")).toBe("1\n");
  });

  test("in the way of a new project is a conflict when asked for", async () => {
    const folder = await createFolder({ "src/main.ts": "mine\n" });
    expect(actions(await plan(folder, [file("1\n")]))).toEqual({ "src/main.ts": "keep" });
    expect(actions(await plan(folder, [file("1\n")], { existing: "conflict" }))).toEqual({
      "src/main.ts": "conflict",
    });
    const forced = await plan(folder, [file("1\n")], { existing: "conflict", force: true });
    expect(actions(forced)).toEqual({ "src/main.ts": "update" });
  });
});

describe("running twice", () => {
  test("changes nothing and touches nothing", async () => {
    const folder = await createFolder();
    const wanted = [generated("src/gen/a.ts", "1\n"), scaffolded("README.md", "# Hi\n")];
    await run(folder, wanted);
    const [tree, times] = [await folder.tree(), await folder.times()];
    const again = await run(folder, wanted);
    expect(actions(again)).toEqual({ "README.md": "identical", "src/gen/a.ts": "identical" });
    expect(again.manifestChanged).toBe(false);
    expect(await folder.tree()).toEqual(tree);
    expect(await folder.times()).toEqual(times);
  });

  test("gives the same bytes in another folder and in another order", async () => {
    const wanted = [generated("b/z.ts", "1\n"), generated("a.ts", "2\n"), scaffolded("README.md", "# Hi\n")];
    const [one, other] = [await createFolder(), await createFolder()];
    await run(one, wanted);
    await run(other, [...wanted].reverse());
    expect(await other.tree()).toEqual(await one.tree());
  });

  test("leaves the files that stay as they are alone when another changes", async () => {
    const folder = await createFolder();
    await run(folder, [generated("a.ts", "1\n"), generated("b.ts", "1\n")]);
    const before = await folder.times();
    await run(folder, [generated("a.ts", "1\n"), generated("b.ts", "2\n")]);
    const after = await folder.times();
    expect(after["a.ts"]).toBe(before["a.ts"]);
    expect(after["b.ts"]).not.toBe(before["b.ts"]);
  });
});

describe(".microgenignore", () => {
  test("wins over everything, negation included", async () => {
    const folder = await createFolder({
      ".microgenignore": "src/gen/**\n!src/gen/b.ts\n",
      "src/gen/a.ts": "mine\n",
    });
    const wanted = [
      generated("src/gen/a.ts", "1\n"),
      generated("src/gen/b.ts", "1\n"),
      generated("src/gen/c.ts", "1\n"),
    ];
    expect(actions(await run(folder, wanted))).toEqual({
      "src/gen/a.ts": "keep",
      "src/gen/b.ts": "create",
      "src/gen/c.ts": "keep",
    });
    expect(await folder.read("src/gen/a.ts")).toBe("mine\n");
  });

  test("protects what is not wanted any more", async () => {
    const folder = await createFolder();
    await run(folder, [generated("a.ts", "1\n")]);
    await folder.write({ ".microgenignore": "a.ts\n" });
    expect(actions(await run(folder, []))).toEqual({});
    expect(await folder.read("a.ts")).toBe("1\n");
  });
});

describe("a place that must not be written", () => {
  test.each([
    ["../a.ts", /holds ".."/],
    ["src/../../a.ts", /holds ".."/],
    ["/etc/passwd", /absolute/],
    ["C:/a.ts", /not every system/],
    ["src\\a.ts", /not every system/],
    ["a\u0000.ts", /not every system/],
    ["src//a.ts", /empty folder/],
    ["", /empty/],
    ["src/aux.ts", /device on Windows/],
    ["COM1", /device on Windows/],
    ["a.ts.", /ends in a dot/],
    [".micro/manifest.json", /tool's own/],
    [".MICRO/x", /tool's own/],
    [".git/hooks/pre-commit", /git's own/],
    ["sub/.git/config", /git's own/],
  ])("%j is refused", async (path, message) => {
    const folder = await createFolder();
    await expect(plan(folder, [generated(path, "1\n")])).rejects.toThrow(message);
  });

  test.each([
    [["a.ts", "a.ts"], /written twice/],
    [["src/A.ts", "src/a.ts"], /case does not count/],
    [["a", "a/b.ts"], /cannot be a file and the folder/],
  ])("%j cannot stand side by side", async (paths, message) => {
    const folder = await createFolder();
    const wanted = paths.map((path) => generated(path, "1\n"));
    await expect(plan(folder, wanted)).rejects.toThrow(message);
  });

  describe("named by a manifest that somebody tampered with", () => {
    const victim = "../victim.txt";
    const entry = (content: string) => ({
      class: "generated" as const,
      sha256: sha256(Buffer.from(content)),
    });
    const manifestOf = (path: string, content: string) => ({
      answers: {},
      files: new Map([[path, entry(content)]]),
    });
    const inside = async () => {
      const outer = await createFolder({ "victim.txt": "mine\n", "project/a.ts": "1\n" });
      return { outer, root: join(outer.path, "project") };
    };

    test("is not even read", async () => {
      const { outer, root } = await inside();
      await outer.write({ "project/.micro/manifest.json": formatManifest(manifestOf(victim, "mine\n")) });
      await expect(readManifest(root)).rejects.toThrow(/manifest\.json cannot be read: "\.\.\/victim\.txt"/);
    });

    test("is not even read when a run seems to have been killed", async () => {
      const { outer, root } = await inside();
      await outer.write({ "project/.micro/pending.json": JSON.stringify({ [victim]: [entry("mine\n")] }) });
      await expect(readManifest(root)).rejects.toThrow(/pending\.json cannot be read: .* Delete it/);
    });

    test.each([victim, "src/../../victim.txt", "./a.ts", "/victim.txt", "src//a.ts", "..\\victim.txt"])(
      "is refused by the plan, too: %j",
      async (path) => {
        const { outer, root } = await inside();
        await expect(makePlan(root, [], manifestOf(path, "mine\n"))).rejects.toThrow(
          /no path inside the project/,
        );
        expect(await outer.read("victim.txt")).toBe("mine\n");
      },
    );
  });

  test("a linked folder that leads out of the project is refused", async () => {
    const [folder, outside] = [await createFolder(), await createFolder()];
    await symlink(outside.path, join(folder.path, "src"));
    await expect(plan(folder, [generated("src/a.ts", "1\n")])).rejects.toThrow(/leads out of the project/);
    expect(await outside.tree()).toEqual({});
  });

  test("a linked file that leads out of the project is refused", async () => {
    const [folder, outside] = [await createFolder(), await createFolder({ secret: "1\n" })];
    await symlink(join(outside.path, "secret"), join(folder.path, "a.ts"));
    await expect(plan(folder, [generated("a.ts", "2\n")], { force: true })).rejects.toThrow(/leads out/);
  });

  test("a link that leads nowhere is refused", async () => {
    const folder = await createFolder();
    await symlink("nowhere", join(folder.path, "a.ts"));
    await expect(plan(folder, [generated("a.ts", "2\n")])).rejects.toThrow(/leads nowhere/);
  });

  test("a linked folder inside the project is followed", async () => {
    const folder = await createFolder({ "real/x": "" });
    await symlink("real", join(folder.path, "src"));
    await run(folder, [generated("src/a.ts", "1\n")]);
    expect(await folder.read("real/a.ts")).toBe("1\n");
  });

  test("a folder where a file should be is named", async () => {
    const folder = await createFolder();
    await mkdir(join(folder.path, "a.ts"));
    await expect(plan(folder, [generated("a.ts", "1\n")])).rejects.toThrow(
      "Cannot read a.ts: it is a folder",
    );
  });

  test("a file where a folder should be is named", async () => {
    const folder = await createFolder({ src: "" });
    await expect(plan(folder, [generated("src/gen/a.ts", "1\n")])).rejects.toThrow(
      /a file is where its folder/,
    );
  });
});

describe("nothing is half done", () => {
  const wanted = [generated("a.ts", "2\n"), generated("new/b.ts", "2\n")];

  test("when the signal is aborted before the commit then the disk is as it was", async () => {
    const folder = await createFolder();
    await run(folder, [generated("a.ts", "1\n")]);
    const [tree, times] = [await folder.tree(), await folder.times()];
    const abort = new AbortController();
    const made = await plan(folder, wanted);
    // The second file is staged when its bytes are asked for: Ctrl-C in the middle of the work.
    const files = made.files.map((file) => ({
      ...file,
      get content() {
        if (file.path === "new/b.ts") abort.abort();
        return file.content as Uint8Array;
      },
    }));
    await expect(applyPlan({ ...made, files }, { signal: abort.signal })).rejects.toThrow("aborted");
    expect(await folder.tree()).toEqual(tree);
    expect(await folder.times()).toEqual(times);
  });

  test("when a file was saved between plan and apply then nothing is written", async () => {
    const folder = await createFolder();
    await run(folder, [generated("a.ts", "1\n")]);
    const made = await plan(folder, [...wanted, generated("0.ts", "1\n")]);
    await folder.write({ "a.ts": "saved\n" });
    const tree = await folder.tree();
    await expect(applyPlan(made)).rejects.toThrow("a.ts was changed by someone else meanwhile");
    expect(await folder.tree()).toEqual(tree);
  });

  test("when a file was saved while the others were staged then it stays as saved", async () => {
    const folder = await createFolder();
    await run(folder, [generated("a.ts", "1\n")]);
    const made = await plan(folder, wanted);
    const files = made.files.map((file) => ({
      ...file,
      get content() {
        if (file.path === "new/b.ts") writeFileSync(join(folder.path, "a.ts"), "saved\n");
        return file.content as Uint8Array;
      },
    }));
    await expect(applyPlan({ ...made, files })).rejects.toThrow("a.ts was changed by someone else meanwhile");
    expect(await folder.read("a.ts")).toBe("saved\n");
  });

  test("when writing fails half-way then what was staged is gone again", async () => {
    const folder = await createFolder();
    const made = await plan(folder, [
      generated("a.ts", "1\n"),
      generated("new/b.ts", "1\n"),
      generated("z/c.ts", "1\n"),
    ]);
    await folder.write({ z: "a file where a folder should be\n" });
    await expect(applyPlan(made)).rejects.toThrow(
      "Cannot write z/c.ts: a file is where its folder should be",
    );
    expect(await readdir(folder.path)).toEqual(["z"]);
  });

  test("when runs broke off in the middle then the next one knows their files", async () => {
    const folder = await createFolder();
    const version = (text: string) => ["a.ts", "b.ts", "c.ts"].map((path) => generated(path, text));
    /** Everything is staged, and then one file cannot be put in place, as if the run were killed there. */
    const breakOffAt = async (path: string, text: string) => {
      const made = await plan(folder, version(text));
      const place = made.files.findIndex((file) => file.path === path);
      const broken: Plan = {
        ...made,
        get manifest() {
          const staged = readdirSync(folder.path).find((name) => name.endsWith(`-${place}.micro-staged`));
          if (staged !== undefined) rmSync(join(folder.path, staged));
          return made.manifest;
        },
      };
      await expect(applyPlan(broken)).rejects.toThrow(`Cannot write ${path}`);
    };
    await run(folder, version("1\n"));
    await breakOffAt("b.ts", "2\n");
    expect(await folder.tree()).toMatchObject({ "a.ts": "2\n", "b.ts": "1\n", "c.ts": "1\n" });
    await breakOffAt("a.ts", "3\n");

    const last = await run(folder, version("4\n"));
    expect(actions(last)).toEqual({ "a.ts": "update", "b.ts": "update", "c.ts": "update" });
    expect(Object.keys(await folder.tree())).toEqual([".micro/manifest.json", "a.ts", "b.ts", "c.ts"]);
  });

  test("when a run broke off after it gave a file to the user then the next one remembers it", async () => {
    const folder = await createFolder();
    const content = "mine\n";
    const { manifest } = await plan(folder, [
      scaffolded("main.ts", content),
      scaffolded("gone.ts", "never there\n"),
    ]);
    const pending = Object.fromEntries([...manifest.files].map(([path, entry]) => [path, [entry]]));
    await folder.write({ "main.ts": content, ".micro/pending.json": JSON.stringify(pending) });
    await run(folder, [generated("a.ts", "1\n")]);
    const { files } = await readManifest(folder.path);
    expect([...files.keys()]).toEqual(["a.ts", "main.ts"]);
    expect(files.get("main.ts")).toEqual(manifest.files.get("main.ts"));
  });

  test("what a killed run left behind is cleaned up by the next, even when nothing else is to do", async () => {
    const folder = await createFolder();
    await run(folder, [generated("a.ts", "1\n")]);
    await folder.write({ ".micro/pending.json": "{}", ".micro/.0123456789ab-1.micro-staged": "2\n" });
    await run(folder, [generated("a.ts", "1\n")]);
    expect(Object.keys(await folder.tree())).toEqual([".micro/manifest.json", "a.ts"]);
  });
});

test("a file's mode is the one asked for, and an update keeps the one it has", async () => {
  const folder = await createFolder();
  await run(folder, [{ ...generated("run.sh", "1\n"), mode: 0o755 }, generated("a.ts", "1\n")]);
  const modeOf = async (path: string) => (await stat(join(folder.path, path))).mode & 0o777;
  expect([await modeOf("run.sh"), await modeOf("a.ts")]).toEqual([0o755, 0o644]);
  await chmod(join(folder.path, "a.ts"), 0o600);
  await run(folder, [generated("run.sh", "2\n"), generated("a.ts", "2\n")]);
  expect([await modeOf("run.sh"), await modeOf("a.ts")]).toEqual([0o755, 0o600]);
});

test("a project can be planned before its folder is there", async () => {
  const folder = await createFolder();
  const root = join(folder.path, "deep/dir/app");
  const made = await makePlan(root, [generated("a.ts", "1\n")], emptyManifest, { answers: { name: "app" } });
  expect(await folder.tree()).toEqual({});
  await applyPlan(made);
  expect(await folder.read("deep/dir/app/a.ts")).toBe("1\n");
  expect((await readManifest(root)).answers).toEqual({ name: "app" });
});

test("when a schema changed case then the old file goes and the new one comes", async () => {
  const folder = await createFolder();
  await run(folder, [generated("src/Greeter.ts", "1\n")]);
  await run(folder, [generated("src/greeter.ts", "1\n")]);
  expect(Object.keys(await folder.tree())).toEqual([".micro/manifest.json", "src/greeter.ts"]);
});

test.skipIf(process.platform !== "linux")(
  "a file system that makes no folders is told about, not waited for",
  async () => {
    const made = await makePlan("/proc/micro-gen/src", [generated("a.ts", "1\n")], emptyManifest);
    await expect(applyPlan(made)).rejects.toThrow("Cannot write a.ts");
  },
);
