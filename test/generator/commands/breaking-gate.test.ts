import { execFileSync, spawnSync } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { createFolder, type Folder } from "../project/folder.ts";
import { runMicroGen } from "./micro-gen-in-process.ts";

const order = (fields: string, more = "") => `syntax = "proto3";
package shop;
message Order {
${fields}
}
${more}
`;
const before = order(
  "  string id = 1;\n  int32 age = 3;",
  "service Shop { rpc Get(Order) returns (Order); }",
);
const without = order("  string id = 1;", "service Shop { rpc Get(Order) returns (Order); }");
const reserved = order(
  '  string id = 1;\n  reserved 3;\n  reserved "age";',
  "service Shop { rpc Get(Order) returns (Order); }",
);
const gone = `proto/shop.proto:3:9 wire: Field 3 "age" of shop.Order is gone. A new field could take its number, and would be given the old one's values. Reserve 3 and "age". (field-deleted shop.Order.age)`;

const microJson = (more: object = {}) =>
  JSON.stringify({
    namespace: "go.micro",
    services: [{ name: "go.micro.srv.shop", type: "srv", dir: "." }],
    proto: ["proto"],
    ...more,
  });
const handler = `export class Shop { }`;
const allow = [{ rule: "field-deleted", name: "shop.Order.age", reason: "nobody set it" }];

/** A project whose code is generated from `before`. */
async function project(more: object = {}): Promise<Folder> {
  const folder = await createFolder({
    "micro.json": microJson(more),
    "proto/shop.proto": before,
    "src/handler/shop.ts": handler,
  });
  expect((await runMicroGen(folder.path, [])).exitCode).toBe(0);
  return folder;
}

/** git in a folder, with nobody's configuration. */
function git(folder: Folder, ...args: string[]): void {
  execFileSync(
    "git",
    ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false", ...args],
    {
      cwd: folder.path,
      stdio: "ignore",
      env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1" },
    },
  );
}
function commitAll(folder: Folder): void {
  git(folder, "add", "-A");
  git(folder, "commit", "-m", "all");
}
async function committed(more: object = {}): Promise<Folder> {
  const folder = await project(more);
  git(folder, "init", "-b", "main");
  commitAll(folder);
  return folder;
}

describe("outside of git, the code as it was last generated is what others use", () => {
  test("a change that breaks them is refused, with the place, the remedy and what to write to do it all the same", async () => {
    const folder = await project();
    await folder.write({ "proto/shop.proto": without });
    const tree = await folder.tree();
    expect(await runMicroGen(folder.path, [])).toEqual({
      exitCode: 7,
      stdout: "",
      stderr: `${gone}
error: 1 change would break users of the code as it was last generated; nothing was written.
Take them back, or decide them in micro.json:
  "allow": [
    {"rule": "field-deleted", "name": "shop.Order.age", "reason": "why nobody minds"}
  ]
While nobody uses the schema yet, "compatibility": "none" allows everything.
`,
    });
    expect(await folder.tree()).toEqual(tree);
  });

  test("the lines to paste are no decision until their reason is told", async () => {
    const folder = await project();
    await folder.write({ "proto/shop.proto": without });
    const { stderr } = await runMicroGen(folder.path, []);
    const lines = /"allow": \[[\s\S]*?\n {2}\]/.exec(stderr)?.[0] ?? "";
    const pasted = JSON.parse(`{${lines}}`) as { allow: { reason: string }[] };
    await folder.write({ "micro.json": microJson(pasted) });
    expect(await runMicroGen(folder.path, [])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("allow[0].reason say why nobody minds, as in {"),
    });
    for (const entry of pasted.allow) entry.reason = "it was never set";
    await folder.write({ "micro.json": microJson(pasted) });
    const made = await runMicroGen(folder.path, []);
    expect(made.exitCode).toBe(0);
    expect(made.stderr).toContain(
      'proto/shop.proto:3:9 allowed: Field 3 "age" of shop.Order is gone. (field-deleted shop.Order.age)\n',
    );
    expect(made.stderr).not.toContain("warning");
  });

  test("a decision about nothing is a warning that says to delete it", async () => {
    const decided = [...allow, { rule: "field-typ", name: "shop.Order.id", reason: "a slip" }];
    const folder = await project({ allow: decided });
    const warning = (entry: string) =>
      `warning: micro.json: "allow" has "${entry}", and compared with the code as it was last generated there is no such change. Check its spelling, or delete it.\n`;
    await folder.write({ "proto/shop.proto": without.replace("string id", "int32 id") });
    const refused = await runMicroGen(folder.path, []);
    expect(refused.exitCode).toBe(7);
    expect(refused.stderr).toContain(warning("field-typ shop.Order.id"));
    expect(refused.stderr).not.toContain(warning("field-deleted shop.Order.age"));

    await folder.write({ "proto/shop.proto": without });
    expect((await runMicroGen(folder.path, ["--quiet"])).stderr).toBe("");
    // The change is out, and was what was asked about: now there is none.
    await folder.write({ "proto/shop.proto": `${without}\n` });
    const { exitCode, stderr } = await runMicroGen(folder.path, ["--check"]);
    expect(stderr).toContain(warning("field-deleted shop.Order.age"));
    expect(exitCode).toBe(0);
    await folder.write({ "proto/shop.proto": `${without}\n\n` });
    const { stdout } = await runMicroGen(folder.path, ["--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      idleAllow: [
        { rule: "field-deleted", name: "shop.Order.age" },
        { rule: "field-typ", name: "shop.Order.id" },
      ],
    });
  });

  test.each([["--check"], ["--dry-run"], ["--diff"], ["--force"], ["--quiet"]])(
    "also with %s",
    async (flag) => {
      const folder = await project();
      await folder.write({ "proto/shop.proto": without });
      const { exitCode, stdout, stderr } = await runMicroGen(folder.path, [flag]);
      expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: "" });
      expect(stderr).toContain(gone);
    },
  );

  test("what follows the remedy passes, and tells that code may no longer compile", async () => {
    const folder = await project();
    await folder.write({ "proto/shop.proto": reserved });
    const { exitCode, stderr } = await runMicroGen(folder.path, []);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('proto/shop.proto:3:9 warning: source: Field 3 "age" of shop.Order is gone.');
    expect((await runMicroGen(folder.path, [])).stderr).toBe("4 unchanged.\n");
  });

  test("what was decided passes; the decision is about that change alone", async () => {
    const folder = await project({ allow });
    await folder.write({ "proto/shop.proto": without.replace("string id", "int32 id") });
    const refused = await runMicroGen(folder.path, ["--json"]);
    expect(refused).toMatchObject({ exitCode: 7, stderr: "" });
    const { error, against, changes } = JSON.parse(refused.stdout) as {
      error: { code: string };
      against: string;
      changes: { rule: string; refused: boolean }[];
    };
    expect({ code: error.code, against }).toEqual({
      code: "breaking",
      against: "the code as it was last generated",
    });
    expect(changes.map(({ rule, refused: no }) => [rule, no])).toEqual([
      ["field-deleted", false],
      ["field-type", true],
    ]);
    await folder.write({ "proto/shop.proto": without });
    expect((await runMicroGen(folder.path, [])).exitCode).toBe(0);
  });

  test.each([
    ["wire", "int64 age = 3", 0],
    ["json", "int64 age = 3", 7],
    ["source", "uint32 age = 3", 7],
    ["json", "uint32 age = 3", 0],
    ["none", "string age = 3", 0],
  ])("compatibility %s with %s", async (compatibility, field, exitCode) => {
    const folder = await project({ compatibility });
    await folder.write({ "proto/shop.proto": before.replace("int32 age = 3", field) });
    expect((await runMicroGen(folder.path, [])).exitCode).toBe(exitCode);
  });

  test("every change is in the JSON of a plan that is carried out", async () => {
    const folder = await project();
    await folder.write({
      "proto/shop.proto": before.replace("int32 age", "uint32 age").replace("}", "  bool x = 4;\n}"),
    });
    const { stdout } = await runMicroGen(folder.path, ["--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      applied: true,
      changes: [
        {
          file: "proto/shop.proto",
          line: 5,
          kind: "source",
          rule: "field-type",
          name: "shop.Order.age",
          refused: false,
        },
        { kind: "safe", rule: "field-added", message: 'Field 4 "x" of shop.Order is new.' },
      ],
    });
  });

  test("a snapshot that nobody can read is written anew", async () => {
    const folder = await project();
    await folder.write({ "proto/shop.proto": without, "src/gen/schema.binpb": Buffer.from("junk") });
    expect((await runMicroGen(folder.path, ["--force"])).exitCode).toBe(0);
  });
});

const hasGit = spawnSync("git", ["--version"]).status === 0;

describe.skipIf(!hasGit)("in git, what is committed is", () => {
  test("what was never committed may change freely", async () => {
    const folder = await project();
    git(folder, "init", "-b", "main");
    await folder.write({ "proto/shop.proto": without });
    expect((await runMicroGen(folder.path, ["--check"])).exitCode).toBe(7);
    expect((await runMicroGen(folder.path, [])).exitCode).toBe(0);

    commitAll(folder);
    const draft = without.replace("string id = 1;", "string id = 1;\n  int32 draft = 9;");
    await folder.write({ "proto/shop.proto": draft });
    expect((await runMicroGen(folder.path, [])).exitCode).toBe(0);
    await folder.write({
      "proto/shop.proto": without.replace("string id = 1;", "string id = 1;\n  bool other = 9;"),
    });
    expect((await runMicroGen(folder.path, [])).exitCode).toBe(0);
  });

  test("a change that breaks it is refused, also in steps", async () => {
    const folder = await committed({ allow });
    await folder.write({ "proto/shop.proto": without });
    expect((await runMicroGen(folder.path, [])).exitCode).toBe(0);
    await folder.write({
      "micro.json": microJson(),
      "proto/shop.proto": without.replace("string id", "bytes id"),
    });
    const { exitCode, stderr } = await runMicroGen(folder.path, []);
    expect(exitCode).toBe(7);
    expect(stderr).toContain(gone);
    expect(stderr).toContain("error: 2 changes would break users of the last commit; nothing was written.");
  });

  test.each([
    ["the commit", "HEAD"],
    ["its schemas", "HEAD:src/gen/schema.binpb"],
    ["the folder they are in", "HEAD:src/gen"],
  ])("refused while git cannot read it: %s", async (_what, object) => {
    const folder = await committed();
    const hash = execFileSync("git", ["rev-parse", object], { cwd: folder.path, encoding: "utf8" }).trim();
    const file = `.git/objects/${hash.slice(0, 2)}/${hash.slice(2)}`;
    await chmod(join(folder.path, file), 0o600);
    for (const damage of [() => writeFile(join(folder.path, file), "no object"), () => folder.remove(file)]) {
      await damage();
      await folder.write({ "proto/shop.proto": without });
      const snapshot = await folder.tree();
      for (const argv of [[], ["--check"]]) {
        const { exitCode, stderr } = await runMicroGen(folder.path, argv);
        expect(exitCode).toBe(1);
        expect(stderr).toMatch(
          /git cannot read src\/gen\/schema.binpb of HEAD, .*\(.+\); mend the repository/,
        );
      }
      expect(await folder.tree()).toEqual(snapshot);
    }
  });

  test("and no schema: what lies on disk is compared with", async () => {
    const folder = await committed();
    const snapshot = await readFile(join(folder.path, "src/gen/schema.binpb"));
    await folder.write({ "src/gen/schema.binpb": "<<<<<<< HEAD" });
    commitAll(folder);
    await writeFile(join(folder.path, "src/gen/schema.binpb"), snapshot);
    await folder.write({ "proto/shop.proto": without });
    expect(await runMicroGen(folder.path, [])).toMatchObject({
      exitCode: 7,
      stderr: expect.stringContaining(gone),
    });
  });

  test("a decision counts for nothing only when its change is committed", async () => {
    const folder = await committed({ allow });
    const idle = 'warning: micro.json: "allow" has "field-deleted shop.Order.age", and compared with ';
    await folder.write({ "proto/shop.proto": without });
    for (const end of ["", "\n"]) {
      await folder.write({ "proto/shop.proto": `${without}${end}` });
      const { exitCode, stderr } = await runMicroGen(folder.path, []);
      expect({ exitCode, warns: stderr.includes(idle) }).toEqual({ exitCode: 0, warns: false });
    }
    git(folder, "tag", "before");
    commitAll(folder);
    await folder.write({ "proto/shop.proto": `${without}\n\n` });
    expect((await runMicroGen(folder.path, [])).stderr).toContain(
      `${idle}the last commit there is no such change. Check its spelling, or delete it, unless you compare with something older (--against).\n`,
    );
    expect((await runMicroGen(folder.path, ["--against", "before"])).stderr).not.toContain(idle);
  });

  test("a hook of git, whose environment is about the top of the repository, sees the same", async () => {
    const outer = await createFolder({
      "inner/micro.json": microJson(),
      "inner/proto/shop.proto": before,
      "inner/src/handler/shop.ts": handler,
    });
    const inner = join(outer.path, "inner");
    await runMicroGen(inner, []);
    git(outer, "init", "-b", "main");
    commitAll(outer);
    await outer.write({ "inner/proto/shop.proto": before.replace("}", "  bool draft = 9;\n}") });
    await runMicroGen(inner, []);
    await outer.write({ "inner/proto/shop.proto": before });
    vi.stubEnv("GIT_DIR", ".git");
    expect((await runMicroGen(inner, [])).exitCode).toBe(0);
    vi.unstubAllEnvs();
  });

  test("code that git ignores is compared as it lies on disk", async () => {
    const folder = await project();
    await folder.write({ ".gitignore": "src/gen\n" });
    git(folder, "init", "-b", "main");
    commitAll(folder);
    await folder.write({ "proto/shop.proto": without });
    expect((await runMicroGen(folder.path, [])).exitCode).toBe(7);
  });
});

describe.skipIf(!hasGit)("--against", () => {
  test("a branch: its schemas are read from git, also those that are gone since", async () => {
    const folder = await committed({ compatibility: "none" });
    await folder.write({ "proto/other.proto": 'syntax = "proto3"; package o; service Other { }' });
    commitAll(folder);
    git(folder, "checkout", "-b", "change");
    await folder.remove("proto/other.proto");
    await folder.write({ "proto/shop.proto": without });
    await runMicroGen(folder.path, []);
    commitAll(folder);
    expect((await runMicroGen(folder.path, ["--check"])).exitCode).toBe(0);
    await folder.write({ "micro.json": microJson() });
    const { exitCode, stderr } = await runMicroGen(folder.path, ["--check", "--against", "main"]);
    expect(exitCode).toBe(7);
    expect(stderr).toContain(gone);
    expect(stderr).toContain("other.proto:1:1 wire: Service o.Other is gone.");
    expect(stderr).toContain("error: 2 changes would break users of main.\n");
  });

  test("a single schema as it was: without descriptors of it", async () => {
    const folder = await committed();
    await folder.write({ "old/shop.proto": before, "proto/shop.proto": without });
    const { exitCode, stderr } = await runMicroGen(folder.path, ["--check", "--against", "old/shop.proto"]);
    expect(stderr).toContain(gone);
    expect(stderr).toContain("error: 1 change would break users of old/shop.proto.");
    expect(exitCode).toBe(7);
  });

  test("a branch that nothing breaks: the check goes on to the code", async () => {
    const folder = await committed();
    expect((await runMicroGen(folder.path, ["--check", "--against", "main"])).exitCode).toBe(0);
    await folder.write({ "proto/shop.proto": before.replace("}", "  bool x = 9;\n}") });
    expect((await runMicroGen(folder.path, ["--check", "--against", "HEAD"])).exitCode).toBe(4);
  });

  test("without a project: of a workspace of buf also what is gone, of named schemas those", async () => {
    const other = 'syntax = "proto3"; package o; message M { } service Other { rpc Get(M) returns (M); }';
    const folder = await createFolder({
      "buf.yaml": "version: v2",
      "shop.proto": before,
      "other.proto": other,
    });
    git(folder, "init", "-b", "main");
    commitAll(folder);
    await folder.remove("other.proto");
    const whole = await runMicroGen(folder.path, ["--against", "main"]);
    expect(whole.exitCode).toBe(7);
    expect(whole.stderr).toContain("other.proto:1:1 wire: Service o.Other is gone.");
    expect((await runMicroGen(folder.path, ["shop.proto", "--against", "main"])).exitCode).toBe(0);
  });

  test("a folder, a project and a set of descriptors", async () => {
    const folder = await project();
    await folder.write({ "released/proto/shop.proto": before, "released/micro.json": microJson() });
    await folder.write({ "proto/shop.proto": without, "micro.json": microJson({ compatibility: "none" }) });
    const snapshot = await folder.read("src/gen/schema.binpb");
    await folder.write({ "old.binpb": Buffer.from(snapshot, "utf8") });
    expect((await runMicroGen(folder.path, [])).exitCode).toBe(0);
    await folder.write({ "micro.json": microJson() });
    for (const against of ["released/proto", "dir:released", "old.binpb", "file:old.binpb"]) {
      const { exitCode, stderr } = await runMicroGen(folder.path, ["--check", "--against", against]);
      expect({ against, exitCode }).toEqual({ against, exitCode: 7 });
      expect(stderr).toContain(gone);
    }
  });

  test.each([
    [
      "nowhere",
      "nowhere is no folder, no file with descriptors, and no revision of this git repository; check the spelling, or fetch it.",
    ],
    ["--output=x", "--output=x is no folder, no file with descriptors, and no revision"],
    ["git:--output=x", "--output=x is no folder, no file with descriptors, and no revision"],
    ["file:nowhere", "There is no file nowhere; check the spelling."],
    ["file:proto", "Cannot read proto: it is no regular file; give a file that protoc"],
    ...(process.platform === "win32"
      ? []
      : [["file:/dev/zero", "Cannot read /dev/zero: it is no regular file; give a file that protoc"]]),
    ["dir:nowhere", "There is no nowhere; check the spelling."],
    ["micro.json", "The schemas of micro.json cannot be compared with: micro.json:1:1 "],
    ["empty", "There is no .proto file in empty."],
    ["broken", "The schemas of broken cannot be compared with: a.proto:1:20 "],
  ])("%s", async (against, says) => {
    const folder = await committed();
    await folder.write({ "empty/x": "", "broken/a.proto": 'syntax = "proto3"; mes' });
    const { exitCode, stderr } = await runMicroGen(folder.path, ["--check", `--against=${against}`]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(says);
  });
});

test("--against a revision where there is no git tells what git says", async () => {
  const folder = await project();
  const { exitCode, stderr } = await runMicroGen(folder.path, ["--check", "--against", "main"]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /main is no folder, no file with descriptors, and there is no git repository \(.+\)\.$/m,
  );
});

describe("without a project", () => {
  const files = { "shop.proto": before };

  test("changes are allowed by a flag; micro.json is not asked for", async () => {
    const folder = await createFolder(files);
    expect((await runMicroGen(folder.path, ["shop.proto"])).exitCode).toBe(0);
    await folder.write({ "shop.proto": without });
    const { exitCode, stderr } = await runMicroGen(folder.path, ["shop.proto"]);
    expect(exitCode).toBe(7);
    expect(stderr).toContain('  --allow "field-deleted shop.Order.age"\n');
    const flag = ["--allow", "field-deleted shop.Order.age"];
    expect((await runMicroGen(folder.path, ["shop.proto", ...flag])).exitCode).toBe(0);
  });

  test("a schema that is named later breaks nothing of the one before", async () => {
    const folder = await createFolder({ ...files, "other.proto": 'syntax = "proto3"; message Other { }' });
    expect((await runMicroGen(folder.path, ["shop.proto"])).exitCode).toBe(0);
    expect((await runMicroGen(folder.path, ["other.proto"])).exitCode).toBe(0);
  });

  test("in a project the flags are refused: its decisions are everybody's", async () => {
    const folder = await project();
    for (const argv of [
      ["--allow", "a b"],
      ["--compatibility", "none"],
    ])
      expect((await runMicroGen(folder.path, argv)).exitCode).toBe(2);
  });
});

test("a message that was renamed with the user's word is the same on the wire", async () => {
  const folder = await project();
  await folder.write({ "proto/shop.proto": before.replaceAll("Order", "Purchase") });
  const { exitCode, stderr } = await runMicroGen(folder.path, ["--rename", "Order=Purchase"]);
  expect(exitCode).toBe(0);
  expect(stderr).toContain("warning: source: Message shop.Order is called shop.Purchase now.");
});

test("names of messages are not sent: a renamed one breaks nobody, with a word or without, now or later", async () => {
  const folder = await project();
  git(folder, "init");
  commitAll(folder);
  await folder.write({ "proto/shop.proto": before.replaceAll("Order", "Purchase") });
  const { exitCode, stderr } = await runMicroGen(folder.path, []);
  expect(exitCode).toBe(0);
  expect(stderr).toContain(
    "Message shop.Order is gone. Code that uses it no longer compiles. If it is called Purchase now, run micro-gen --rename shop.Order=Purchase. (message-deleted shop.Order)",
  );
  commitAll(folder);
  expect((await runMicroGen(folder.path, ["--check", "--against", "HEAD~1"])).exitCode).toBe(0);
});

test("where a change is refused, the first advice is to say what only has another name", async () => {
  const folder = await project({ compatibility: "source" });
  await folder.write({
    "proto/shop.proto": before.replaceAll("Order", "Purchase").replace("rpc Get", "rpc Take"),
  });
  const { exitCode, stderr } = await runMicroGen(folder.path, []);
  expect(exitCode).toBe(7);
  const advice = stderr.slice(stderr.indexOf("error:")).split("\n");
  expect(advice.slice(1, 4)).toEqual([
    "message shop.Order is gone; if it is called Purchase now, run micro-gen --rename shop.Order=Purchase",
    "rpc shop.Shop.Get is gone; if it is called Take now, run micro-gen --rename shop.Shop.Get=Take",
    "Take them back, or decide them in micro.json:",
  ]);
});
