import { rmSync, writeFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadSchema } from "../../../src/generator/check/index.ts";
import type { Generator } from "../../../src/generator/project/index.ts";
import { createFolder, type Folder } from "../project/folder.ts";
import { runMicroGen } from "./micro-gen-in-process.ts";

const greeter = 'syntax = "proto3";\npackage greeter;\nmessage Hello { string name = 1; }\n';
const money = 'syntax = "proto3";\npackage shop;\nmessage Money { int64 units = 1; }\n';
const order =
  'syntax = "proto3";\npackage shop;\nimport "shop/money.proto";\nmessage Order { Money price = 1; }\n';
const broken = 'syntax = "proto3";\nmessage Hello {\n  strin name = 1;\n  Nope other = 2;\n}\n';

/** Real schemas, printed so simply that a test can say what the files hold. */
const generator: Generator = {
  loadSchema,
  emit: (schema, options) => [
    ...schema.files
      .filter(({ origin }) => origin !== "bundled")
      .map(({ path, messages }) => ({
        path: path.replace(/proto$/, options?.importExtension ?? "ts"),
        content: messages
          .map(({ name, fields }) => `${name}: ${fields.map((f) => f.name).join()}\n`)
          .join("")
          .concat(options?.int64 === undefined ? "" : `int64: ${options.int64}\n`),
      })),
    { path: "schema.binpb", content: schema.descriptorSet },
  ],
};

const run = (folder: Folder, ...argv: string[]) => runMicroGen(folder.path, argv, { generator });

const microJson = (more: object = {}) =>
  JSON.stringify({
    namespace: "go.micro",
    // These tests are about code that follows its schema, whatever the change.
    compatibility: "none",
    services: [{ name: "go.micro.srv.greeter", type: "srv", dir: "." }],
    proto: ["proto"],
    ...more,
  });

const paths = async (folder: Folder) => Object.keys(await folder.tree());

describe("in a project", () => {
  const files = { "micro.json": microJson(), "proto/greeter.proto": greeter };

  test("plain micro-gen writes the code of all schemas and says so on stderr", async () => {
    const folder = await createFolder(files);
    expect(await run(folder)).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: "create    src/gen/greeter.ts\ncreate    src/gen/schema.binpb\n2 created.\n",
    });
    expect(await folder.read("src/gen/greeter.ts")).toBe("Hello: name\n");
    expect(await paths(folder)).toContain(".micro/manifest.json");
  });

  test("every service gets its own copy, where its micro.json says", async () => {
    const services = [
      { name: "go.micro.srv.greeter", type: "srv", dir: "srv" },
      { name: "go.micro.api.greeter", type: "api", dir: "api" },
    ];
    const folder = await createFolder({
      ...files,
      "micro.json": microJson({ services, out: "lib", importExtension: "js" }),
    });
    await run(folder);
    expect((await paths(folder)).filter((path) => /lib/.test(path))).toEqual([
      "api/lib/greeter.js",
      "api/lib/schema.binpb",
      "srv/lib/greeter.js",
      "srv/lib/schema.binpb",
    ]);
  });

  test("it works from a folder inside, and names files as seen from there", async () => {
    const folder = await createFolder(files);
    const { stderr } = await runMicroGen(join(folder.path, "proto"), ["greeter.proto"], { generator });
    expect(stderr).toContain("create    ../src/gen/greeter.ts\n");
  });

  test("a second run does nothing and says so", async () => {
    const folder = await createFolder(files);
    await run(folder);
    const times = await folder.times();
    expect(await run(folder)).toEqual({ exitCode: 0, stdout: "", stderr: "2 unchanged.\n" });
    expect((await run(folder, "--verbose")).stderr).toContain("identical src/gen/greeter.ts\n");
    expect(await folder.times()).toEqual(times);
  });

  test("a changed schema updates its code, a removed one takes its code along", async () => {
    const folder = await createFolder({ ...files, "proto/old.proto": greeter.replaceAll("reeter", "oner") });
    await run(folder);
    await folder.write({ "proto/greeter.proto": greeter.replace("name", "nick") });
    await folder.remove("proto/old.proto");
    expect((await run(folder, "proto/greeter.proto")).stderr).toBe(
      "update    src/gen/greeter.ts\ndelete    src/gen/old.ts\nupdate    src/gen/schema.binpb\n2 updated, 1 deleted.\n",
    );
  });

  test("an edited file stops everything with a diff and exit 4", async () => {
    const folder = await createFolder(files);
    await run(folder);
    await folder.write({ "src/gen/greeter.ts": "Hello: name\n// mine\n", "proto/new.proto": money });
    const tree = await folder.tree();
    const { exitCode, stdout, stderr } = await run(folder);
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: "" });
    expect(stderr).toContain("conflict  src/gen/greeter.ts\n");
    expect(stderr).toContain(
      "--- a/src/gen/greeter.ts\n+++ b/src/gen/greeter.ts\n@@ -1,2 +1,1 @@\n Hello: name\n-// mine\n",
    );
    expect(stderr).toContain(
      "error: 1 generated file is not as micro-gen left it (- on disk, + generated); nothing was written.",
    );
    expect(await folder.tree()).toEqual(tree);
  });

  test("--force takes ours", async () => {
    const folder = await createFolder(files);
    await run(folder);
    await folder.write({ "src/gen/greeter.ts": "mine\n" });
    expect(await run(folder, "--force")).toMatchObject({ exitCode: 0 });
    expect(await folder.read("src/gen/greeter.ts")).toBe("Hello: name\n");
  });

  test("user files are not touched", async () => {
    const folder = await createFolder({
      ...files,
      "src/handler/greeter.ts": "mine\n",
      "src/main.ts": "mine\n",
    });
    await run(folder);
    await folder.write({ "proto/greeter.proto": greeter.replace("name", "nick") });
    await run(folder, "--force");
    expect(await folder.tree()).toMatchObject({
      "src/handler/greeter.ts": "mine\n",
      "src/main.ts": "mine\n",
    });
  });

  test("a broken schema is told as file:line:col, exit 6, and nothing is written", async () => {
    const folder = await createFolder({ ...files, "proto/broken.proto": broken });
    const tree = await folder.tree();
    const { exitCode, stdout, stderr } = await run(folder);
    expect({ exitCode, stdout }).toEqual({ exitCode: 6, stdout: "" });
    expect(stderr).toMatch(
      /^proto\/broken\.proto:3:3 .*strin.*\(unresolved-type\)\nproto\/broken\.proto:4:3 .*Nope/,
    );
    expect(stderr).toContain("2 mistakes in the schema; nothing was written.\n");
    expect(await folder.tree()).toEqual(tree);
  });

  test("of more than a thousand mistakes the first are shown and the others counted; --json has all", async () => {
    const fields = Array.from({ length: 1005 }, (_, i) => `  Nope f${i} = ${i + 1};\n`);
    const many = `syntax = "proto3";\nmessage M {\n${fields.join("")}}\n`;
    const folder = await createFolder({ "micro.json": files["micro.json"], "proto/many.proto": many });
    const { stderr } = await run(folder);
    const lines = stderr.trimEnd().split("\n");
    expect(lines.slice(-3)).toEqual([
      expect.stringContaining("proto/many.proto:1002:3 "),
      "... and 5 more, which --json shows.",
      "1005 mistakes in the schema; nothing was written.",
    ]);
    const { stdout } = await run(folder, "--json");
    expect(JSON.parse(stdout).diagnostics).toHaveLength(1005);
  });

  test("an import that is nowhere is told with the folders it was looked for in", async () => {
    const folder = await createFolder({ ...files, "proto/order.proto": order });
    const { exitCode, stderr } = await run(folder);
    expect(exitCode).toBe(6);
    expect(stderr).toMatch(/^proto\/order\.proto:3:\d+ .*"shop\/money\.proto" below proto;/);
  });

  test("in a terminal a broken schema is shown with its line", async () => {
    const folder = await createFolder({ ...files, "proto/broken.proto": broken });
    const { stderr } = await runMicroGen(folder.path, [], { generator, isTTY: true });
    expect(stderr).toContain("\n  3 |   strin name = 1;\n    |   ^\n");
  });

  test("Ctrl-C before the commit changes nothing", async () => {
    const folder = await createFolder(files);
    const tree = await folder.tree();
    const { exitCode } = await runMicroGen(folder.path, [], { generator, signal: AbortSignal.abort() });
    expect(exitCode).toBe(130);
    expect(await folder.tree()).toEqual(tree);
  });

  test("two runs at once end as one", async () => {
    const folder = await createFolder(files);
    const results = await Promise.all([run(folder), run(folder), run(folder)]);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    const other = await createFolder(files);
    await run(other);
    expect(await folder.tree()).toEqual(await other.tree());
  });

  test("an edit made while it waited for another run is seen", async () => {
    const folder = await createFolder(files);
    await run(folder);
    await folder.write({
      "proto/greeter.proto": greeter.replace("name", "nick"),
      ".micro/lock": `${process.pid} ${hostname()}\n`,
    });
    const { exitCode, stderr } = await runMicroGen(folder.path, [], {
      generator,
      onStderr: (text) => {
        if (!text.startsWith("Waiting for another run")) return;
        writeFileSync(join(folder.path, "src/gen/greeter.ts"), "mine\n");
        rmSync(join(folder.path, ".micro/lock"));
      },
    });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 4,
      stderr: expect.stringContaining("-mine\n+Hello: nick\n"),
    });
    expect(await folder.read("src/gen/greeter.ts")).toBe("mine\n");
    expect(await run(folder, "--check", "--json")).toMatchObject({
      stdout: expect.stringContaining('"path": "src/gen/schema.binpb",\n      "action": "update"'),
    });
  });

  test.each([
    [["../elsewhere.proto"], /There is no \.\.\/elsewhere\.proto; check the spelling\./],
    [["micro.json"], /micro\.json is not in the project's schema folders \(proto\)/],
    [["-I", "x"], /-I is for use without a project; set "proto" in micro\.json/],
    [["--import-extension", "js"], /--import-extension is for use without a project/],
    [["--int64", "string"], /--int64 is for use without a project; set "int64" in micro.json/],
  ])("%j is refused with exit 2", async (argv, message) => {
    const folder = await createFolder(files);
    const { exitCode, stderr } = await run(folder, ...argv);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(message);
  });

  test.each([
    [
      { "micro.json": microJson({ servces: [] }) },
      'micro.json: servces is not known; did you mean "services"?',
    ],
    [{ "micro.json": microJson({ services: [] }) }, "micro.json lists no services"],
    [{ "micro.json": microJson({ proto: ["protos"] }) }, "There is no folder protos"],
    [{ "proto/greeter.txt": "" }, "There is no .proto file in proto"],
    [
      {
        "micro.json": microJson({ proto: ["proto", "more"] }),
        "more/greeter.proto": "",
        "proto/greeter.proto": "",
      },
      "proto/greeter.proto and more/greeter.proto have the same import path",
    ],
  ])("a mistake in the project is exit 2: %#", async (change, message) => {
    const folder = await createFolder({ "micro.json": microJson(), ...change });
    const { exitCode, stderr } = await run(folder);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`error: ${message}`);
  });
});

describe("looking before writing", () => {
  const files = { "micro.json": microJson(), "proto/greeter.proto": greeter };

  test("--dry-run prints the plan on stdout and writes nothing", async () => {
    const folder = await createFolder(files);
    expect(await run(folder, "--dry-run")).toEqual({
      exitCode: 0,
      stdout: "create    src/gen/greeter.ts\ncreate    src/gen/schema.binpb\n",
      stderr: "2 to create.\n",
    });
    expect(await paths(folder)).toEqual(["micro.json", "proto/greeter.proto"]);
  });

  test("--diff prints unified diffs and writes nothing", async () => {
    const folder = await createFolder(files);
    await run(folder);
    await folder.write({ "proto/greeter.proto": greeter.replace("name", "nick") });
    const tree = await folder.tree();
    const { exitCode, stdout } = await run(folder, "--diff");
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout:
        "--- a/src/gen/greeter.ts\n+++ b/src/gen/greeter.ts\n@@ -1,1 +1,1 @@\n-Hello: name\n+Hello: nick\nBinary file src/gen/schema.binpb differs\n",
    });
    expect(await folder.tree()).toEqual(tree);
  });

  test("--check passes while nothing would change", async () => {
    const folder = await createFolder(files);
    await run(folder);
    const times = await folder.times();
    expect(await run(folder, "--check")).toMatchObject({ exitCode: 0 });
    expect(await folder.times()).toEqual(times);
  });

  test.each([
    ["a schema changed", { "proto/greeter.proto": greeter.replace("name", "nick") }],
    ["a schema was added", { "proto/money.proto": money }],
    ["a generated file was edited", { "src/gen/greeter.ts": "mine\n" }],
    ["a hash was lost in a merge", { ".micro/manifest.json": '{"schemaVersion": 1}' }],
  ])("--check fails with exit 4 when %s", async (_, change) => {
    const folder = await createFolder(files);
    await run(folder);
    await folder.write(change);
    const tree = await folder.tree();
    const { exitCode, stderr } = await run(folder, "--check");
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/^error: /m);
    expect(await folder.tree()).toEqual(tree);
  });

  test("--check says when only the manifest has fallen behind", async () => {
    const folder = await createFolder(files);
    await run(folder);
    await folder.remove(".micro");
    expect((await run(folder, "--check")).stdout).toBe("update    .micro/manifest.json\n");
  });

  test("--check fails with exit 4 when a generated file was deleted", async () => {
    const folder = await createFolder(files);
    await run(folder);
    await folder.remove("src/gen/greeter.ts");
    const { exitCode, stdout } = await run(folder, "--check");
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: "create    src/gen/greeter.ts\n" });
  });

  test("what is legal and yet unwise is told, and the code is written all the same", async () => {
    const proto = `syntax = "proto3";
import "google/api/annotations.proto";
message Query { repeated string tags = 1; }
service Shop {
  rpc Find(Query) returns (Query) { option (google.api.http).get = "/v1/{tags}"; }
}
`;
    const message =
      'Field "tags" is repeated, which not every gateway takes from a path; take a single field.';
    const folder = await createFolder({ "micro.json": microJson(), "proto/shop.proto": proto });
    const { exitCode, stderr } = await run(folder);
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^proto\/shop\.proto:5:74 warning: /);
    expect(stderr).toContain(`${message} (http-path)\ncreate `);
    const { warnings } = JSON.parse((await run(folder, "--json")).stdout) as { warnings: unknown };
    expect(warnings).toEqual([{ file: "proto/shop.proto", line: 5, column: 74, rule: "http-path", message }]);
    expect((await run(folder, "--quiet")).stderr).toBe("");
  });

  test("--json prints the plan as data", async () => {
    const folder = await createFolder(files);
    const { stdout, stderr } = await run(folder, "--json", "--dry-run");
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: 1,
      root: ".",
      applied: false,
      manifestChanged: true,
      notes: [],
      warnings: [],
      files: [
        { path: "src/gen/greeter.ts", action: "create", class: "generated" },
        { path: "src/gen/schema.binpb", action: "create", class: "generated" },
      ],
      summary: { create: 2, identical: 0, update: 0, conflict: 0, delete: 0, orphan: 0, keep: 0 },
    });
    expect(JSON.parse((await run(folder, "--json")).stdout)).toMatchObject({ applied: true });
    expect(await paths(folder)).toContain("src/gen/greeter.ts");
  });

  test("--json prints conflicts with their diff, and mistakes of a schema with their place", async () => {
    const folder = await createFolder(files);
    await run(folder);
    await folder.write({ "src/gen/greeter.ts": "mine\n" });
    const { exitCode, stdout } = await run(folder, "--json");
    expect(exitCode).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({
      applied: false,
      files: [{ action: "conflict", diff: expect.stringContaining("-mine\n+Hello: name\n") }, {}],
    });
    await folder.write({ "proto/broken.proto": broken });
    const again = await run(folder, "--json");
    expect(again.exitCode).toBe(6);
    expect(JSON.parse(again.stdout)).toMatchObject({
      schemaVersion: 1,
      error: { code: "invalidSchema", message: expect.stringContaining("in the schema") },
      diagnostics: [{ file: "proto/broken.proto", line: 3, column: 3 }, { line: 4 }],
    });
  });

  test.each([
    ["a mistyped flag", ["--chekc"], 2, "usage"],
    ["two schemas that are not there", ["proto/nope.proto"], 2, "usage"],
  ])("--json tells of %s on stdout, too", async (_, args, exitCode, code) => {
    const result = await run(await createFolder(files), ...args, "--json");
    expect(result.exitCode).toBe(exitCode);
    expect(JSON.parse(result.stdout)).toMatchObject({ schemaVersion: 1, error: { code } });
    expect(result.stderr).not.toBe("");
  });

  test("--quiet prints nothing unless something is wrong", async () => {
    const folder = await createFolder(files);
    expect(await run(folder, "--quiet")).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    await folder.write({ "src/gen/greeter.ts": "mine\n" });
    const { exitCode, stderr } = await run(folder, "--quiet");
    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/^error: 1 generated file/);
  });
});

describe("without a project", () => {
  test("a named schema becomes code in src/gen, with the manifest beside it", async () => {
    const folder = await createFolder({ "proto/greeter.proto": greeter });
    expect(await run(folder, "proto/greeter.proto")).toMatchObject({ exitCode: 0 });
    expect(await paths(folder)).toEqual([
      "proto/greeter.proto",
      "src/gen/.micro/manifest.json",
      "src/gen/greeter.ts",
      "src/gen/schema.binpb",
    ]);
  });

  test("--int64 and micro.json's int64 say what 64-bit integers are", async () => {
    const folder = await createFolder({ "money.proto": money });
    await run(folder, "money.proto", "--out", "lib", "--int64", "string");
    expect(await folder.read("lib/money.ts")).toContain("int64: string");
    const project = await createFolder({
      "proto/greeter.proto": greeter,
      "micro.json": microJson({ int64: "number" }),
    });
    await run(project);
    expect(await project.read("src/gen/greeter.ts")).toContain("int64: number");
  });

  test("--out and -I say where to and where from", async () => {
    const folder = await createFolder({ "proto/shop/order.proto": order, "proto/shop/money.proto": money });
    await run(folder, "proto/shop/order.proto", "-I", "proto", "--out", "lib", "--import-extension", "js");
    expect((await paths(folder)).filter((path) => path.startsWith("lib/shop"))).toEqual([
      "lib/shop/money.js",
      "lib/shop/order.js",
    ]);
  });

  test("without -I the folder that imports start from is found", async () => {
    const folder = await createFolder({ "proto/shop/order.proto": order, "proto/shop/money.proto": money });
    expect(await run(folder, "proto/shop/order.proto")).toMatchObject({ exitCode: 0 });
    expect(await paths(folder)).toContain("src/gen/shop/order.ts");
  });

  test("and the one that imports of imports start from", async () => {
    const folder = await createFolder({
      "proto/a.proto": 'syntax = "proto3";\nimport "b.proto";\n',
      "proto/b.proto": 'syntax = "proto3";\nimport "shop/money.proto";\n',
      "shop/money.proto": money,
      "b.proto": 'syntax = "proto3";\nimport "shop/money.proto";\n',
    });
    // Below proto/ is a b.proto, but not what it imports.
    const { stderr } = await run(folder, "proto/a.proto");
    expect(stderr).toContain("create    src/gen/proto/a.ts\n");
  });

  test("the same bytes come out in another folder and with the inputs in another order", async () => {
    const files = { "a/shop/order.proto": order, "a/shop/money.proto": money, "a/greeter.proto": greeter };
    const [one, other] = [await createFolder(files), await createFolder()];
    await rm(join(other.path), { recursive: true });
    const moved = await createFolder();
    await moved.write(
      Object.fromEntries(Object.entries(files).map(([path, text]) => [`deep/er/${path}`, text])),
    );
    await rename(join(moved.path, "deep/er"), other.path);
    const inputs = ["a/shop/order.proto", "a/greeter.proto", "a/shop/money.proto"];
    await run(one, ...inputs);
    await run(other, ...[...inputs].reverse());
    expect(await other.tree()).toEqual(await one.tree());
  });

  test("the real printer gives the same bytes, too", async () => {
    const files = { "a/shop/order.proto": order, "a/shop/money.proto": money, "a/greeter.proto": greeter };
    const [one, other] = [await createFolder(files), await createFolder(files)];
    const inputs = ["a/shop/order.proto", "a/greeter.proto", "a/shop/money.proto"];
    expect(await runMicroGen(one.path, inputs)).toMatchObject({ exitCode: 0 });
    expect(await runMicroGen(other.path, [...inputs].reverse())).toMatchObject({ exitCode: 0 });
    expect(await other.tree()).toEqual(await one.tree());
  });

  test("another schema in the same folder leaves the code of the first alone", async () => {
    const folder = await createFolder({ "x/greeter.proto": greeter, "y/money.proto": money });
    await run(folder, "x/greeter.proto");
    await run(folder, "y/money.proto");
    expect(await paths(folder)).toEqual(expect.arrayContaining(["src/gen/greeter.ts", "src/gen/money.ts"]));
  });

  test("a folder speaks for all its files: code of a removed one goes", async () => {
    const folder = await createFolder({ "proto/greeter.proto": greeter, "proto/money.proto": money });
    await run(folder, "proto");
    await folder.remove("proto/money.proto");
    expect((await run(folder, "proto")).stderr).toContain("delete    src/gen/money.ts\n");
  });

  test.each([
    [[], /Nothing to generate from: there is no micro\.json or buf\.yaml here or above/],
    [["--out", "lib"], /--out needs a schema/],
    [["nope.proto"], /There is no nope\.proto; check the spelling/],
    [["empty/x"], /empty\/x is no \.proto file; name one, or a folder of them/],
    [["empty"], /There is no \.proto file in empty/],
    [
      ["greeter.proto", "-I", "empty"],
      /greeter\.proto is below none of the include paths; add one with -I \./,
    ],
    [["--dryrun"], /unknown option '--dryrun'\n\(Did you mean --dry-run\?\)/],
    [["greeter.proto", "--import-extension", "tsx"], /Allowed choices are ts, js/],
  ])("%j is refused with exit 2", async (argv, message) => {
    const folder = await createFolder({ "greeter.proto": greeter, "empty/x": "" });
    const tree = await folder.tree();
    const { exitCode, stdout, stderr } = await run(folder, ...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(await folder.tree()).toEqual(tree);
  });
});

test("a name with a line end in it stays on the line of its mistake", async () => {
  const text = 'syntax = "proto3";\nimport "a\\n0 mistakes\\033[2J.proto";\n';
  const folder = await createFolder({ "a.proto": text });
  const { stderr } = await run(folder, "a.proto");
  expect(stderr.split("\n")).toEqual([
    expect.stringContaining('a.proto:2:8 There is no file "a\\u000a0 mistakes\\u001b[2J.proto"'),
    "1 mistake in the schema; nothing was written.",
    "",
  ]);
});
