import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readProtoSource } from "../../../src/generator/scaffold/proto-source.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "protos-"));
  mkdirSync(join(folder, ".git")); // nothing above is looked at
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

async function read(path: string) {
  const source = await readProtoSource(join(folder, path));
  return {
    root: relative(folder, source.root) || ".",
    files: source.files.map(({ path, asked }) => `${path}${asked ? "*" : ""}`),
  };
}

describe("the user's schemas", () => {
  test("when a file imports none then its own folder is the root", async () => {
    write({ "a/b/x.proto": "", "a/b/other.proto": "" });
    expect(await read("a/b/x.proto")).toEqual({ root: "a/b", files: ["x.proto*"] });
  });

  test("when imports start further up then that folder is the root, and imports of imports come along", async () => {
    write({
      "p/shop/x.proto": 'import "shop/y.proto"; import "google/protobuf/empty.proto";',
      "p/shop/y.proto": 'import "base/z.proto";',
      "p/base/z.proto": 'import "shop/y.proto";', // in a circle: the loader complains, we end
    });
    expect(await read("p/shop/x.proto")).toEqual({
      root: "p",
      files: ["base/z.proto", "shop/x.proto*", "shop/y.proto"],
    });
  });

  test("when a folder is given then all below it are taken, hidden ones and node_modules are not", async () => {
    write({
      "p/a.proto": "",
      "p/b/c.proto": "",
      "p/.x/d.proto": "",
      "p/node_modules/e.proto": "",
      "p/f.txt": "",
    });
    expect(await read("p")).toEqual({ root: "p", files: ["a.proto*", "b/c.proto*"] });
  });

  test("when the folder given is not where imports start then the folder above is the root", async () => {
    write({ "p/shop/a.proto": 'import "shop/b.proto";', "p/shop/b.proto": "" });
    expect(await read("p/shop")).toEqual({ root: "p", files: ["shop/a.proto*", "shop/b.proto*"] });
  });

  test("when a link leads in a circle then that ends", async () => {
    write({ "p/a.proto": "" });
    symlinkSync(join(folder, "p"), join(folder, "p/again"));
    expect((await read("p")).files).toEqual(["a.proto*"]);
  });

  test("when an import comes with the tool then it is not taken; other schemas of Google are the user's", async () => {
    write({
      "p/a.proto": 'import "google/protobuf/empty.proto"; import "google/type/money.proto";',
      "google/type/money.proto": "",
      "google/protobuf/empty.proto": "",
    });
    expect(await read("p/a.proto")).toEqual({ root: ".", files: ["google/type/money.proto", "p/a.proto*"] });
  });

  test("when an import is nowhere then what there is is handed on, for the loader to say where", async () => {
    write({ "p/a.proto": 'import "nope.proto"; import "b.proto";', "p/b.proto": "" });
    expect(await read("p/a.proto")).toEqual({ root: "p", files: ["a.proto*", "b.proto"] });
  });

  test.each(["../secret.proto", "/etc/passwd", "a/../../x.proto", "a\\\\b.proto"])(
    "when %s is imported then nothing outside is read",
    async (path) => {
      write({ "p/a.proto": `import "${path}";`, "secret.proto": "", "x.proto": "" });
      expect((await read("p/a.proto")).files).toEqual(["a.proto*"]);
    },
  );

  test("when there is no schema then that is said", async () => {
    write({ "p/readme.md": "" });
    await expect(read("p")).rejects.toThrow("There is no .proto file in");
    await expect(read("nope")).rejects.toThrow("check the spelling");
    await expect(read("p/readme.md")).rejects.toThrow("is no .proto file");
  });
});
