import { mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readSetFile } from "../../../src/generator/schema/index.ts";

describe("a file with a descriptor set", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "set-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("is read", async () => {
    await writeFile(join(folder, "a.binpb"), "abc");
    expect(Buffer.from(await readSetFile(join(folder, "a.binpb"))).toString()).toBe("abc");
  });

  test.skipIf(process.platform === "win32")("is refused when it is a device that never ends", async () => {
    await symlink("/dev/zero", join(folder, "a.binpb"));
    await expect(readSetFile(join(folder, "a.binpb"))).rejects.toThrow("it is no regular file");
    await expect(readSetFile("/dev/zero")).rejects.toThrow("it is no regular file");
  });

  test("is refused when it is a folder", async () => {
    await expect(readSetFile(folder)).rejects.toThrow("it is no regular file");
  });

  test("is refused when it is out of all proportion", async () => {
    await writeFile(join(folder, "a.binpb"), "");
    await truncate(join(folder, "a.binpb"), 64 * 1024 * 1024 + 1);
    await expect(readSetFile(join(folder, "a.binpb"))).rejects.toThrow("it is larger than 64 MiB");
  });
});
