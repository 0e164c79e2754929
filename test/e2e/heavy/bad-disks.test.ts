import { chmodSync, mkdirSync, statfsSync, writeFileSync } from "node:fs";
import { cp, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, onTestFinished, test } from "vitest";
import { createFolder } from "../../generator/project/folder.ts";
import { treeOf } from "../scaffold-helpers.ts";
import { changedDesk, installDeskTool } from "./desk.ts";

// Disks and folders that take nothing, and the same for every command that writes.
const tool = installDeskTool();
const run = (folder: string, argv: readonly string[] = ["--rename", "Hello=Greet"]) => tool.run(folder, argv);

/** Mounts a file system of its own, as only root may; undefined where that is not so. */
async function mountDisk(bytes: number): Promise<string | undefined> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "micro-gen-disk-")));
  const mounted = await execa("mount", ["-t", "tmpfs", "-o", `size=${bytes}`, "tmpfs", folder], {
    reject: false,
  });
  if (mounted.exitCode !== 0) {
    await rm(folder, { recursive: true });
    return undefined;
  }
  return folder;
}

async function unmountDisk(folder: string): Promise<void> {
  await execa("umount", [folder]);
  await rm(folder, { recursive: true });
}

/** Whether this machine lets the test mount anything. */
const probe = await mountDisk(65_536);
if (probe !== undefined) await unmountDisk(probe);

/** All that counts: without the cache, which may be lost. */
function visible(folder: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(treeOf(folder)).filter(([path]) => !path.startsWith(".micro/cache")),
  );
}

async function diskWithDesk(): Promise<{ readonly disk: string; readonly project: string }> {
  const disk = (await mountDisk(1_048_576)) as string;
  onTestFinished(() => unmountDisk(disk));
  const project = join(disk, "project");
  await cp((await changedDesk(tool)).path, project, { recursive: true });
  await rm(join(project, ".micro/cache"), { recursive: true, force: true });
  return { disk, project };
}

describe.skipIf(probe === undefined)("on a disk of its own (needs the right to mount one)", () => {
  test("when it is full, at any point, then nothing is written; with room again the run is done", async () => {
    const { disk, project } = await diskWithDesk();
    const before = visible(project);
    const filler = join(disk, "filler");
    const page = statfsSync(disk).bsize;
    let refused = 0;
    for (let room = 0; ; room++) {
      await rm(filler, { force: true });
      const { bavail } = statfsSync(disk);
      writeFileSync(filler, new Uint8Array((bavail - room) * page));
      const { exitCode, stderr } = await run(project);
      if (exitCode === 0) break;
      refused++;
      expect({ exitCode, stderr }, `${room} pages of room`).toEqual({
        exitCode: 1,
        stderr: expect.stringMatching(
          /Cannot (write|lock) .+: the disk is full; make room and run it again\./,
        ),
      });
      expect(visible(project), `${room} pages of room`).toEqual(before);
    }
    expect(refused).toBeGreaterThan(5);
    const elsewhere = await changedDesk(tool);
    expect(await run(elsewhere.path)).toMatchObject({ exitCode: 0 });
    expect(visible(project)).toEqual(visible(elsewhere.path));
  });

  test("when it is read-only then that is the answer, and --check works all the same", async () => {
    const { disk, project } = await diskWithDesk();
    await execa("mount", ["-o", "remount,ro", disk]);
    const before = treeOf(project);
    expect(await run(project)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("the file system is read-only"),
    });
    expect(await run(project, ["add", "rpc", "Desk.Other"])).toMatchObject({ exitCode: 1 });
    expect(await run(project, ["--check", "--rename", "Hello=Greet"])).toMatchObject({ exitCode: 4 });
    expect(treeOf(project)).toEqual(before);
  });
});

test.skipIf(process.getuid?.() === 0)(
  "when a folder may not be written to then nothing is written (not as root, who may)",
  async () => {
    const folder = await changedDesk(tool);
    const before = visible(folder.path);
    chmodSync(join(folder.path, "src/gen"), 0o555);
    onTestFinished(() => chmodSync(join(folder.path, "src/gen"), 0o755));
    expect(await run(folder.path)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("you have no permission; check who owns it"),
    });
    expect(visible(folder.path)).toEqual(before);
  },
);

test("when a folder of the project is a link out of it then nothing is written, on either side", async () => {
  const folder = await changedDesk(tool);
  const outside = await createFolder();
  await cp(join(folder.path, "src"), join(outside.path, "src"), { recursive: true });
  await folder.remove("src");
  await symlink(join(outside.path, "src"), join(folder.path, "src"));
  const before = [visible(folder.path), visible(outside.path)];
  for (const argv of [["--rename", "Hello=Greet"], ["--force"], ["add", "rpc", "Desk.Other"]]) {
    const { exitCode, stderr } = await run(folder.path, argv);
    expect({ argv, exitCode, stderr }).toEqual({
      argv,
      exitCode: 3,
      stderr: expect.stringMatching(/src\b.* leads out of/),
    });
  }
  expect([visible(folder.path), visible(outside.path)]).toEqual(before);
});

test("when two schemas give files that differ in case only then nothing is written", async () => {
  const folder = await changedDesk(tool);
  mkdirSync(join(folder.path, "proto/Shop"));
  await folder.write({
    "proto/Shop/a.proto": 'syntax = "proto3";\npackage a;\nmessage A {}\n',
    "proto/shop/a.proto": 'syntax = "proto3";\npackage b;\nmessage B {}\n',
  });
  const before = visible(folder.path);
  const { exitCode, stderr } = await run(folder.path);
  expect(stderr).toContain("Shop/a.codec.ts and shop/a.codec.ts; rename one");
  expect(exitCode).toBe(6);
  expect(visible(folder.path)).toEqual(before);
});
