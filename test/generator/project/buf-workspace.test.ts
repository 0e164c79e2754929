import { describe, expect, test } from "vitest";
import { runMicroGen } from "../commands/micro-gen-in-process.ts";
import { createFolder, type Folder } from "./folder.ts";

const money = 'syntax = "proto3"; package shop; message Money { int64 units = 1; }';
const order =
  'syntax = "proto3"; package shop; import "shop/money.proto"; message Order { Money price = 1; }';

/** What was generated, without the parts of each schema. */
async function generated(folder: Folder, out = "src/gen"): Promise<string[]> {
  const files = Object.keys(await folder.tree());
  return files.flatMap((file) => /^(.+)(?<!\.codec)\.ts$/.exec(file.replace(`${out}/`, ""))?.[1] ?? []);
}

describe("the layouts of buf", () => {
  test.each<[string, Record<string, string>]>([
    [
      "modules of v2",
      {
        "buf.yaml": "version: v2\nmodules:\n  - path: proto\n  - path: ./common/\n",
        "proto/shop/order.proto": order,
        "common/shop/money.proto": money,
      },
    ],
    [
      "a v2 file without modules",
      { "buf.yaml": "version: v2\n", "shop/order.proto": order, "shop/money.proto": money },
    ],
    [
      "roots of v1beta1",
      {
        "buf.yaml": "version: v1beta1\nbuild:\n  roots: [proto, common]\n",
        "proto/shop/order.proto": order,
        "common/shop/money.proto": money,
      },
    ],
    [
      "a buf.work.yaml over a v1 module and one without a buf.yaml",
      {
        "buf.work.yaml": "version: v1\ndirectories:\n  - proto\n  - common\n",
        "proto/buf.yaml": "version: v1\nname: buf.build/acme/orders\ndeps:\n  - buf.build/acme/common\n",
        "proto/shop/order.proto": order,
        "common/shop/money.proto": money,
      },
    ],
  ])("%s: plain micro-gen generates all, from the import paths that buf knows", async (_, files) => {
    const folder = await createFolder(files);
    const result = await runMicroGen(folder.path, []);
    expect(result).toMatchObject({ exitCode: 0 });
    expect(await generated(folder)).toEqual(["shop/money", "shop/order"]);
  });

  test("a module of v1 is the nearest buf.yaml, also from a folder inside", async () => {
    const folder = await createFolder({
      "buf.yaml": "version: v1\n",
      "api/buf.yaml": "version: v1\n",
      "api/shop/order.proto": order,
      "api/shop/money.proto": money,
      "elsewhere/other.proto": 'syntax = "proto3"; message Other {}',
    });
    const result = await runMicroGen(`${folder.path}/api/shop`, ["order.proto", "--out", "../../gen"]);
    expect(result).toMatchObject({ exitCode: 0 });
    expect(await generated(folder, "gen")).toEqual(["shop/money", "shop/order"]);
  });

  test("a named schema keeps its import path, whatever its own imports would allow", async () => {
    const folder = await createFolder({
      "buf.yaml": "version: v2\nmodules:\n  - path: proto\n",
      "proto/shop/money.proto": money,
    });
    expect(await runMicroGen(folder.path, ["proto/shop/money.proto"])).toMatchObject({ exitCode: 0 });
    expect(await generated(folder)).toEqual(["shop/money"]);
  });

  test("what a module excludes is neither generated nor found by an import", async () => {
    const folder = await createFolder({
      "buf.yaml":
        "version: v2\nmodules:\n  - path: proto\n    excludes:\n      - proto/old\n  - path: more\n    includes: [more/used]\n",
      "proto/a.proto": 'syntax = "proto3"; import "old/b.proto"; import "unused/c.proto"; message A {}',
      "proto/old/b.proto": 'syntax = "proto3"; message B {}',
      "more/used/d.proto": 'syntax = "proto3"; message D {}',
      "more/unused/c.proto": 'syntax = "proto3"; message C {}',
    });
    const { exitCode, stderr } = await runMicroGen(folder.path, []);
    expect(exitCode).toBe(6);
    expect(stderr.match(/There is no file "(.+?)" below proto, more;/g)).toHaveLength(2);
    await folder.write({ "proto/a.proto": 'syntax = "proto3"; message A {}' });
    expect(await runMicroGen(folder.path, [])).toMatchObject({ exitCode: 0 });
    expect(await generated(folder)).toEqual(["a", "used/d"]);
  });

  test("a schema of no module is looked at as if there were no buf.yaml", async () => {
    const folder = await createFolder({
      "buf.yaml": "version: v2\nmodules:\n  - path: proto\n",
      "proto/a.proto": 'syntax = "proto3"; message A {}',
      "elsewhere/shop/order.proto": order,
      "elsewhere/shop/money.proto": money,
    });
    expect(await runMicroGen(folder.path, ["elsewhere/shop/order.proto"])).toMatchObject({ exitCode: 0 });
    expect(await generated(folder)).toEqual(["shop/money", "shop/order"]);
  });
});

describe("modules of a registry", () => {
  const files = {
    "buf.yaml": "version: v2\nmodules:\n  - path: proto\ndeps:\n  - buf.build/acme/money:v1.2\n",
    "proto/shop/order.proto": order,
  };

  test("an import that may be in one is told with the command that fetches it", async () => {
    const folder = await createFolder(files);
    const { exitCode, stderr } = await runMicroGen(folder.path, []);
    expect(exitCode).toBe(6);
    expect(stderr).toContain(
      'There is no file "shop/money.proto" below proto; it may be in buf.build/acme/money, which is not fetched: ' +
        'run "buf export buf.build/acme/money -o third_party" and add -I third_party. (unresolved-import)',
    );
  });

  test("once it is exported, -I finds it; only what is imported becomes code", async () => {
    const folder = await createFolder({
      ...files,
      "third_party/shop/money.proto": money,
      "third_party/shop/unused.proto": 'syntax = "proto3"; message Unused {}',
    });
    expect(await runMicroGen(folder.path, ["-I", "third_party"])).toMatchObject({ exitCode: 0 });
    expect(await generated(folder)).toEqual(["shop/money", "shop/order"]);
  });
});

describe("a buf.yaml that cannot be understood", () => {
  test.each([
    ["version: v3", 'buf.yaml:1:10 "version" must be v1beta1, v1 or v2. (buf-config)'],
    ["- a", 'buf.yaml:1:1 "version" must be v1beta1, v1 or v2. (buf-config)'],
    ["version: v2\nmodules: proto", 'buf.yaml:2:10 "modules" must be a list. (buf-config)'],
    [
      "version: v2\nmodules:\n  - path: ../elsewhere",
      'buf.yaml:3:11 "../elsewhere" is not below the folder of this file; name a folder that is. (buf-config)',
    ],
    [
      "version: v2\nmodules:\n  - path: proto\n    excludes: [common]",
      'buf.yaml:4:16 "common" is not below "proto"; name a folder that is. (buf-config)',
    ],
    ["version: v2\ndeps: [3]", 'buf.yaml:2:8 "deps.0" must be a text. (buf-config)'],
    [
      "version: v2\nversion: v2",
      "buf.yaml:2:1 This is not a configuration: Map keys must be unique. (buf-config)",
    ],
    [
      "[".repeat(60_000),
      "buf.yaml:1:1 This is not a configuration: The line is longer than 400 characters. (buf-config)",
    ],
    [
      "[\n".repeat(30_000),
      "buf.yaml:201:1 This is not a configuration: There are more than 200 brackets. (buf-config)",
    ],
    ["#".repeat(70_000), "buf.yaml:1:1 The file is larger than 64 KiB. (buf-config)"],
    [`${"? ".repeat(150)}\n`, /^buf\.yaml:1:\d+ This is not a configuration: With stringKeys/],
    [
      [
        "a: &a [x,x]",
        ..."bcdefghijklmnopqrstuvwxyz"
          .split("")
          .map(
            (name, index) =>
              `${name}: &${name} [*${"abcdefghijklmnopqrstuvwxyz"[index]}, *${"abcdefghijklmnopqrstuvwxyz"[index]}]`,
          ),
      ].join("\n"),
      "buf.yaml:1:1 This is not a configuration: Excessive alias count indicates a resource exhaustion attack. (buf-config)",
    ],
  ])("%.40s", async (text, says) => {
    const folder = await createFolder({ "buf.yaml": text, "a.proto": 'syntax = "proto3";' });
    const { exitCode, stderr } = await runMicroGen(folder.path, ["a.proto"]);
    expect(exitCode).toBe(6);
    expect(stderr.split("\n")[0]).toEqual(typeof says === "string" ? says : expect.stringMatching(says));
  });
});
