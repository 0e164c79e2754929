import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { protoImports } from "../../../src/generator/scaffold/proto-imports.ts";
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

function read(path: string) {
  const source = readProtoSource(join(folder, path), (file) => file.startsWith("google/"));
  return {
    root: relative(folder, source.root) || ".",
    files: source.files.map(({ path, asked }) => `${path}${asked ? "*" : ""}`),
  };
}

describe("the imports of a schema", () => {
  test("are found whatever stands around them", () => {
    const text = `
      // import "no.proto";
      /* import "no.proto"; */ syntax = "proto3"; import "a.proto";import public 'b/c.proto' ;
      option x = "; import \\"no.proto\\";";
      import weak
        "d.proto";
      message M { string important = 1; }`;
    expect(protoImports(text)).toEqual(["a.proto", "b/c.proto", "d.proto"]);
  });
});

describe("the user's schemas", () => {
  test("when a file imports none then its own folder is the root", () => {
    write({ "a/b/x.proto": "", "a/b/other.proto": "" });
    expect(read("a/b/x.proto")).toEqual({ root: "a/b", files: ["x.proto*"] });
  });

  test("when imports start further up then that folder is the root, and imports of imports come along", () => {
    write({
      "p/shop/x.proto": 'import "shop/y.proto"; import "google/protobuf/empty.proto";',
      "p/shop/y.proto": 'import "base/z.proto";',
      "p/base/z.proto": 'import "shop/y.proto";', // in a circle: the loader complains, we end
    });
    expect(read("p/shop/x.proto")).toEqual({
      root: "p",
      files: ["base/z.proto", "shop/x.proto*", "shop/y.proto"],
    });
  });

  test("when a folder is given then all below it are taken, hidden ones and node_modules are not", () => {
    write({
      "p/a.proto": "",
      "p/b/c.proto": "",
      "p/.x/d.proto": "",
      "p/node_modules/e.proto": "",
      "p/f.txt": "",
    });
    expect(read("p")).toEqual({ root: "p", files: ["a.proto*", "b/c.proto*"] });
  });

  test("when the folder given is not where imports start then the folder above is the root", () => {
    write({ "p/shop/a.proto": 'import "shop/b.proto";', "p/shop/b.proto": "" });
    expect(read("p/shop")).toEqual({ root: "p", files: ["shop/a.proto*", "shop/b.proto*"] });
  });

  test("when a link leads in a circle then that ends", () => {
    write({ "p/a.proto": "" });
    symlinkSync(join(folder, "p"), join(folder, "p/again"));
    expect(read("p").files).toEqual(["a.proto*"]);
  });

  test("when an import is nowhere then what there is is handed on, for the loader to say where", () => {
    write({ "p/a.proto": 'import "nope.proto"; import "b.proto";', "p/b.proto": "" });
    expect(read("p/a.proto")).toEqual({ root: "p", files: ["a.proto*", "b.proto"] });
  });

  test.each(["../secret.proto", "/etc/passwd", "a/../../x.proto", "a\\\\b.proto"])(
    "when %s is imported then nothing outside is read",
    (path) => {
      write({ "p/a.proto": `import "${path}";`, "secret.proto": "", "x.proto": "" });
      expect(read("p/a.proto").files).toEqual(["a.proto*"]);
    },
  );

  test("when there is no schema then that is said", () => {
    write({ "p/readme.md": "" });
    expect(() => read("p")).toThrow("no .proto file");
    expect(() => read("nope")).toThrow("no such file");
    expect(() => read("p/readme.md")).toThrow("neither");
  });
});
