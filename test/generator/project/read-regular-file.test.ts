import { execFileSync } from "node:child_process";
import { symlink } from "node:fs/promises";
import { expect, test } from "vitest";
import { readRegularFile } from "../../../src/generator/project/read-regular-file.ts";
import { runMicroGen } from "../commands/micro-gen-in-process.ts";
import { createFolder } from "./folder.ts";

const files = {
  "micro.json": `{"namespace":"a","services":[{"name":"a.srv.b","type":"srv","dir":"."}],"proto":["proto"]}`,
  "proto/desk.proto": 'syntax = "proto3"; package shop; message Ask { string name = 1; }',
};

test("what is there is read, and what is not is nothing", async () => {
  const { path } = await createFolder({ "a.txt": "text" });
  expect(readRegularFile(`${path}/a.txt`, "a.txt")?.toString()).toBe("text");
  expect(readRegularFile(`${path}/b.txt`, "b.txt")).toBeUndefined();
  expect(readRegularFile(`${path}/a.txt/b`, "b")).toBeUndefined();
  expect(() => readRegularFile(path, "here")).toThrow("Cannot read here: it is a folder; move it away.");
});

test.skipIf(process.platform === "win32")(
  "a device and a pipe, which never end, are refused at once",
  async () => {
    const places = [
      "micro.json",
      ".micro/manifest.json",
      ".micro/pending.json",
      ".microgenignore",
      "src/gen/desk.ts",
    ];
    for (const place of places) {
      for (const kind of ["device", "pipe"]) {
        const folder = await createFolder({ ...files, ".micro/x": "", "src/gen/x": "" });
        await folder.remove(place).catch(() => {});
        if (kind === "device") await symlink("/dev/zero", `${folder.path}/${place}`);
        else execFileSync("mkfifo", [`${folder.path}/${place}`]);
        const { exitCode, stderr } = await runMicroGen(folder.path, []);
        expect(stderr, `${kind} ${place}`).toMatch(/no regular file|leads out of the project/);
        expect(exitCode, `${kind} ${place}`).toBeGreaterThan(0);
      }
    }
  },
);
