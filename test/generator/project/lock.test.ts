import { spawnSync } from "node:child_process";
import { utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { expect, test } from "vitest";
import { withLock } from "../../../src/generator/project/index.ts";
import { createFolder } from "./folder.ts";

/** A process id that belonged to a process which has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ["--version"]).pid;
}

test("two runs at once take turns", async () => {
  const folder = await createFolder();
  let running = 0;
  const most: number[] = [];
  const work = async () => {
    most.push(++running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
  };
  await Promise.all(Array.from({ length: 5 }, () => withLock(folder.path, work, { pollMs: 1 })));
  expect(most).toEqual([1, 1, 1, 1, 1]);
});

test("a run that had nothing to write leaves no folder behind", async () => {
  const folder = await createFolder();
  await withLock(`${folder.path}/new/project`, async () => {});
  await expect(import("node:fs/promises").then((fs) => fs.readdir(folder.path))).resolves.toEqual([]);
});

test("the lock is let go of when the work fails", async () => {
  const folder = await createFolder({ "micro.json": "" });
  const failing = withLock(folder.path, () => Promise.reject(new Error("no luck")));
  await expect(failing).rejects.toThrow("no luck");
  await expect(withLock(folder.path, async () => "next")).resolves.toBe("next");
});

test("the lock of a dead run is taken over", async () => {
  const folder = await createFolder({ ".micro/lock": `${deadPid()} ${hostname()}\n` });
  await expect(withLock(folder.path, async () => "mine", { waitMs: 1000, pollMs: 1 })).resolves.toBe("mine");
  expect(await folder.tree()).toEqual({});
});

test("a lock without an owner, of a run that was killed as it made it, is taken over soon", async () => {
  const folder = await createFolder({ ".micro/lock": "" });
  const file = `${folder.path}/.micro/lock`;
  const young = withLock(folder.path, async () => {}, { waitMs: 5, pollMs: 1 });
  await expect(young).rejects.toThrow("(process unknown)");
  const before = new Date(Date.now() - 5_000);
  await utimes(file, before, before);
  await expect(withLock(folder.path, async () => "mine", { waitMs: 1000, pollMs: 1 })).resolves.toBe("mine");
  expect(await folder.tree()).toEqual({});
});

test("a lock that is held for long is named with its owner", async () => {
  const folder = await createFolder({ ".micro/lock": `${process.pid} ${hostname()}\n` });
  await expect(withLock(folder.path, async () => {}, { waitMs: 5, pollMs: 1 })).rejects.toThrow(
    `Another run is writing in this project (process ${process.pid})`,
  );
  expect(await folder.read(".micro/lock")).toContain(String(process.pid));
});

test("waiting for a lock ends with the signal", async () => {
  const folder = await createFolder({ ".micro/lock": `${process.pid} ${hostname()}\n` });
  const waiting = withLock(folder.path, async () => {}, { signal: AbortSignal.abort() });
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
});
