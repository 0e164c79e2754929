import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import {
  checkout,
  createInProcess as create,
  create as createByProcess,
  run,
  temporaryFolder,
  treeOf,
} from "./scaffold-helpers.ts";

// The situations in which scaffolders are known to fail their users. Nobody is at a terminal in any of them.
const top = temporaryFolder();
let count = 0;
let cwd: string;
beforeEach(() => {
  cwd = join(top, `situation ${count++} ü`); // spaces and letters of other alphabets are part of life
  mkdirSync(cwd);
});

const quick = ["--type", "srv", "--yes", "--no-install", "--no-git", "--runtime", "link"];
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal codes are what is looked for
const ansi = /\u001b\[/;

describe("asking the tool about itself", () => {
  test("when asked for help then it prints it and exits with 0", async () => {
    const { code, stdout } = await createByProcess(["--help"], { cwd });
    expect(code).toBe(0);
    for (const flag of [
      "--type",
      "--name",
      "--namespace",
      "--fqdn",
      "--proto",
      "--package-manager",
      "--dry-run",
    ])
      expect(stdout).toContain(flag);
  });

  test("when asked for the version then it prints only that, and makes nothing", async () => {
    const { code, all } = await createByProcess(["--version"], { cwd });
    expect(code).toBe(0);
    expect(all).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test("when --merge and --overwrite are both given then it exits with 2 and makes nothing", async () => {
    const { code, stderr } = await create(["greeter", ...quick, "--merge", "--overwrite"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("'--merge' cannot be used with option '--overwrite'");
    expect(readdirSync(cwd)).toEqual([]);
  });

  test("when a flag is mistyped then it exits with 2 and names the one that was meant", async () => {
    const { code, stderr } = await createByProcess(["greeter", "--tpye", "srv"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("--type");
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe("answers", () => {
  test("when nothing is given then it exits with 2 and a command line that works", async () => {
    const { code, stderr } = await createByProcess([], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("create-micro-service greeter --type srv");
    expect(readdirSync(cwd)).toEqual([]);
  });

  test("when only the type is missing then the command line it shows keeps what was given", async () => {
    const { code, stderr } = await create(["my-shop", "--namespace", "com.example"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("create-micro-service my-shop --namespace com.example --type srv");
    expect(readdirSync(cwd)).toEqual([]);
  });

  test("when a type does not exist then it exits with 2 and lists those that do", async () => {
    const { code, stderr } = await create(["greeter", "--type", "serv", "--yes"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("srv, api, web");
    expect(readdirSync(cwd)).toEqual([]);
  });

  test.each([
    ["Bad Name!!", "bad-name"],
    ["9lives", "lives"],
    ["con", "greeter"],
    ["v1", "greeter"],
    ["grüße euch", "grusse-euch"],
  ])(
    "when the folder %j cannot name a service then it is not made, and %j is suggested",
    async (name, suggestion) => {
      const { code, stderr } = await create([name, ...quick], { cwd });
      expect(code).toBe(2);
      expect(stderr).toContain(name === "con" ? "device name" : suggestion);
      expect(readdirSync(cwd)).toEqual([]);
    },
  );

  test("when --name is bad then the rule is said, with a better name", async () => {
    const { code, stderr } = await create(["x", "--name", "Order_Desk", ...quick], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("lower-case letters, digits and single hyphens");
    expect(stderr).toContain("--name order-desk");
    expect(readdirSync(cwd)).toEqual([]);
  });

  test("when the namespace ends in a type then that is cut off, and said", async () => {
    const { code, stderr } = await create(["greeter", ...quick, "--namespace", "com.example.srv"], { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain(".srv at its end");
    expect(JSON.parse(readFileSync(join(cwd, "greeter/micro.json"), "utf8")).services[0].name).toBe(
      "com.example.srv.greeter",
    );
  });

  test("when one full name is given for several types then it exits with 2", async () => {
    const args = ["greeter", ...quick, "--type", "srv,api", "--fqdn", "com.example.srv.greeter"];
    const { code, stderr } = await create(args, { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("--fqdn");
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe("where the project goes", () => {
  test("when all is well then it says what it made and how to go on", async () => {
    const { code, stdout } = await createByProcess(["greeter", ...quick], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain("cd greeter");
    expect(stdout).toContain("npm install");
    expect(stdout).toContain("npm run dev");
    expect(stdout).toContain(`npm run micro -- call go.micro.srv.greeter Greeter.Hello '{"name":"Ada"}'`);
  });

  test("when it runs again then it changes nothing, says so and exits with 0", async () => {
    await create(["greeter", ...quick], { cwd });
    const before = treeOf(cwd);
    const { code, stdout } = await create(["greeter", ...quick], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain("Nothing to do");
    expect(treeOf(cwd)).toEqual(before);
  });

  test("when files are in the way then it lists exactly these, exits with 3 and writes nothing", async () => {
    mkdirSync(join(cwd, "greeter"));
    writeFileSync(join(cwd, "greeter/package.json"), "{}");
    writeFileSync(join(cwd, "greeter/notes.txt"), "mine");
    const before = treeOf(cwd);
    const { code, stderr } = await createByProcess(["greeter", ...quick], { cwd });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^ {2}package\.json$/m);
    expect(stderr).not.toContain("tsconfig.json");
    expect(treeOf(cwd)).toEqual(before);
  });

  test("when other files are there but none in the way then it still wants to be told", async () => {
    mkdirSync(join(cwd, "greeter"));
    writeFileSync(join(cwd, "greeter/notes.txt"), "mine");
    const { code, stderr } = await create(["greeter", ...quick], { cwd });
    expect(code).toBe(3);
    expect(stderr).toContain("notes.txt");
    expect(Object.keys(treeOf(cwd))).toEqual(["greeter/notes.txt"]);
    expect((await create(["greeter", ...quick, "--merge"], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, "greeter/notes.txt"), "utf8")).toBe("mine");
  });

  test("when the project has clients of other services and is made once more then they stay", async () => {
    await create(["greeter", ...quick], { cwd });
    const project = join(cwd, "greeter");
    const gen = (...args: string[]) =>
      run(process.execPath, [join(checkout, "bin/micro-gen.js"), ...args], { cwd: project });
    const made = await gen("client", "--from", "src/gen/schema.binpb", "--out", "src/clients/other");
    expect(made.code).toBe(0);
    expect((await create(["greeter", ...quick, "--merge"], { cwd })).code).toBe(0);
    expect(existsSync(join(project, "src/clients/other/greeter.service.ts"))).toBe(true);
    expect(await gen("--check")).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("1 client is as pinned."),
    });
  });

  test("when told to overwrite then only files of the same name change", async () => {
    mkdirSync(join(cwd, "greeter"));
    writeFileSync(join(cwd, "greeter/package.json"), "{}");
    writeFileSync(join(cwd, "greeter/notes.txt"), "mine");
    expect((await create(["greeter", ...quick, "--overwrite"], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, "greeter/package.json"), "utf8")).toContain('"greeter-srv"');
    expect(readFileSync(join(cwd, "greeter/notes.txt"), "utf8")).toBe("mine");
  });

  test("when the folder holds only a repository, a readme and a licence then they stay", async () => {
    mkdirSync(join(cwd, "greeter/.git"), { recursive: true });
    writeFileSync(join(cwd, "greeter/README.md"), "# Mine\n");
    writeFileSync(join(cwd, "greeter/LICENSE"), "Mine.\n");
    const { code, stderr } = await create(["greeter", ...quick], { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain("README.md was there before us");
    expect(readFileSync(join(cwd, "greeter/README.md"), "utf8")).toBe("# Mine\n");
    expect(existsSync(join(cwd, "greeter/src/main.ts"))).toBe(true);
  });

  test("when the target is a file then one sentence says so, and it exits with 3", async () => {
    writeFileSync(join(cwd, "greeter"), "a file");
    const { code, stderr } = await create(["greeter", ...quick], { cwd });
    expect(code).toBe(3);
    expect(stderr.trim().split("\n")).toHaveLength(1);
    expect(readFileSync(join(cwd, "greeter"), "utf8")).toBe("a file");
  });

  test("when the target is this folder then its name is taken, and there is no cd to do", async () => {
    mkdirSync(join(cwd, "OrderDesk"));
    const { code, stdout } = await create([".", ...quick], { cwd: join(cwd, "OrderDesk") });
    expect(code).toBe(0);
    expect(stdout).toContain("go.micro.srv.order-desk");
    expect(stdout).not.toMatch(/^ {2}cd /m);
  });

  test("when parents are missing then they are made", async () => {
    const { code } = await create(["deep/in side/greeter", ...quick], { cwd });
    expect(code).toBe(0);
    expect(existsSync(join(cwd, "deep/in side/greeter/package.json"))).toBe(true);
  });

  test("when it runs inside a repository then it makes no second one, and says so", async () => {
    await run("git", ["init", "--quiet"], { cwd });
    const args = quick.filter((arg) => arg !== "--no-git");
    const { code, stderr } = await create(["greeter", ...args], { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain("inside of one");
    expect(existsSync(join(cwd, "greeter/.git"))).toBe(false);
  });

  test("when git is not installed then there is a project without a repository", async () => {
    const args = quick.filter((arg) => arg !== "--no-git");
    const { code } = await createByProcess(["greeter", ...args], { cwd, env: { PATH: "" } });
    expect(code).toBe(0);
    expect(existsSync(join(cwd, "greeter/.git"))).toBe(false);
  });

  test("when only asked what would happen then nothing does", async () => {
    const { code, stdout } = await create(["greeter", ...quick, "--dry-run"], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^create +greeter\/src\/main\.ts$/m);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test("when JSON is wanted then stdout is nothing else", async () => {
    const { code, stdout } = await createByProcess(["greeter", ...quick, "--json"], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schemaVersion: 1,
      root: "greeter",
      applied: true,
      services: [{ name: "go.micro.srv.greeter", type: "srv", dir: "." }],
    });
  });
});

describe("a program that reads the output", () => {
  beforeEach(() => {
    mkdirSync(join(cwd, "taken"));
    writeFileSync(join(cwd, "taken/package.json"), "mine");
    writeFileSync(join(cwd, "broken.proto"), 'syntax = "proto3";\nmessage A {\n  strng name = 1;\n}\n');
  });

  test.each([
    ["a mistyped flag", ["x", "--tpye", "srv"], 2, "usage", "unknown option '--tpye'"],
    ["a missing answer", ["x"], 2, "usage", "--type"],
    ["a bad answer", ["x", ...quick, "--name", "Ä"], 2, "usage", "Ä"],
    ["a folder in the way", ["taken", ...quick], 3, "conflict", "package.json"],
    ["a broken schema", ["x", ...quick, "--proto", "broken.proto"], 6, "invalidSchema", "1 mistake"],
  ])(
    "when --json is given and there is %s then stdout tells it as JSON",
    async (_, args, code, name, text) => {
      const result = await create([...args, "--json"], { cwd });
      expect(result.code).toBe(code);
      expect(JSON.parse(result.stdout)).toMatchObject({
        schemaVersion: 1,
        error: { code: name, message: expect.stringContaining(text) },
      });
    },
  );

  test("when --json is given and the schema is broken then every mistake has its place", async () => {
    const { stdout } = await create(["x", ...quick, "--proto", "broken.proto", "--json"], { cwd });
    expect(JSON.parse(stdout)).toMatchObject({
      diagnostics: [{ file: "broken.proto", line: 3, column: 3, message: expect.stringContaining("strng") }],
    });
  });
});

describe("surroundings", () => {
  test.each([
    ["pnpm/10.1.0 npm/? node/v22", "pnpm install"],
    ["yarn/4.5.0 npm/? node/v22", "yarn install"],
    ["bun/1.2.0 npm/? node/v22", "bun install"],
    [undefined, "npm install"],
  ])("when started by %s then the next step is %s", async (agent, command) => {
    const { stdout } = await create(["greeter", ...quick], { cwd, env: { npm_config_user_agent: agent } });
    expect(stdout).toContain(`  ${command}\n`);
  });

  test("when started by hand below a lock file then its package manager is taken", async () => {
    writeFileSync(join(cwd, "pnpm-lock.yaml"), "");
    const { stdout } = await create(["greeter", ...quick], { cwd });
    expect(stdout).toContain("  pnpm install\n");
  });

  test("when the output is not a terminal then it has no colour", async () => {
    expect((await createByProcess(["greeter", ...quick], { cwd })).all).not.toMatch(ansi);
  });

  test("when colour is forced then there is, and when it is refused there is none", async () => {
    expect((await createByProcess(["a", ...quick], { cwd, env: { FORCE_COLOR: "1" } })).all).toMatch(ansi);
    expect((await create(["b", ...quick, "--no-color"], { cwd, env: { FORCE_COLOR: "1" } })).all).not.toMatch(
      ansi,
    );
    expect((await create(["c", ...quick], { cwd, env: { NO_COLOR: "1" } })).all).not.toMatch(ansi);
  });

  test("when it runs twice in two places then the trees are the same", async () => {
    const other = join(cwd, "elsewhere");
    mkdirSync(other);
    const args = [
      "greeter",
      "--type",
      "srv,api,web",
      "--yes",
      "--no-install",
      "--no-git",
      "--runtime",
      "registry",
    ];
    await createByProcess(args, { cwd, env: { LANG: "de_DE.UTF-8", TZ: "Asia/Tokyo" } });
    await createByProcess(args, { cwd: other, env: { LANG: "C", TZ: "UTC" } });
    expect(Object.keys(treeOf(join(cwd, "greeter"))).length).toBeGreaterThan(40);
    expect(treeOf(join(cwd, "greeter"))).toEqual(treeOf(join(other, "greeter")));
  });

  test("when installing fails then the files stay, the next steps are shown, and it exits with 5", async () => {
    const args = quick.filter((arg) => arg !== "--no-install");
    const env = { PATH: "", npm_config_user_agent: "pnpm/10.0.0" };
    const { code, stdout, stderr } = await createByProcess(["greeter", ...args], { cwd, env });
    expect(code).toBe(5);
    expect(stderr).toContain("pnpm is not installed");
    expect(stdout).toContain("go.micro.srv.greeter cannot run yet: installing failed.");
    expect(stdout).not.toContain("Made");
    expect(stdout).toContain("pnpm install");
    expect(existsSync(join(cwd, "greeter/package.json"))).toBe(true);
  });
});

describe("the schema", () => {
  test("when it is broken then every mistake has its place, it exits with 6 and writes nothing", async () => {
    writeFileSync(
      join(cwd, "broken.proto"),
      'syntax = "proto3";\nmessage A {\n  strin name = 1;\n  Nope other = 1;\n}\n',
    );
    const { code, stderr } = await createByProcess(["greeter", ...quick, "--proto", "broken.proto"], { cwd });
    expect(code).toBe(6);
    expect(stderr).toMatch(/^broken\.proto:3:3 /m);
    expect(stderr).toMatch(/^broken\.proto:4:\d+ /m);
    expect(readdirSync(cwd)).toEqual(["broken.proto"]);
  });

  test("when it declares no service then that is said, and nothing is written", async () => {
    writeFileSync(join(cwd, "empty.proto"), 'syntax = "proto3";\nmessage A {}\n');
    const { code, stderr } = await create(["greeter", ...quick, "--proto", "empty.proto"], { cwd });
    expect(code).toBe(6);
    expect(stderr).toContain("no service");
    expect(readdirSync(cwd)).toEqual(["empty.proto"]);
  });

  test("when there is no such file then it exits with 2", async () => {
    const { code, stderr } = await create(["greeter", ...quick, "--proto", "nope.proto"], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("nope.proto");
    expect(readdirSync(cwd)).toEqual([]);
  });

  test("when it lies in the folder of the project already then it is not in the way", async () => {
    mkdirSync(join(cwd, "shop"));
    const proto = 'syntax = "proto3";\nservice Shop { rpc Open(A) returns (A); }\nmessage A {}\n';
    writeFileSync(join(cwd, "shop/shop.proto"), proto);
    const { code, stderr } = await create([".", ...quick, "--proto", "shop.proto"], {
      cwd: join(cwd, "shop"),
    });
    expect(code, stderr).toBe(0);
    expect(readFileSync(join(cwd, "shop/proto/shop.proto"), "utf8")).toBe(proto);
  });

  test("when it imports its neighbours then they come along, below the folder their paths start from", async () => {
    mkdirSync(join(cwd, "protos/shop/common"), { recursive: true });
    writeFileSync(
      join(cwd, "protos/shop/order.proto"),
      `syntax = "proto3";
package shop;
// import "shop/commented.proto";
import "google/protobuf/timestamp.proto";
import "shop/common/money.proto";
service OrderDesk { rpc Place(Order) returns (Order); }
message Order { shop.common.Money price = 1; google.protobuf.Timestamp at = 2; }
`,
    );
    writeFileSync(
      join(cwd, "protos/shop/common/money.proto"),
      'syntax = "proto3";\npackage shop.common;\nmessage Money { int64 cents = 1; }\n',
    );
    writeFileSync(join(cwd, "protos/shop/unrelated.proto"), 'syntax = "proto3";\n');
    const { code } = await create(["shop", ...quick, "--proto", "protos/shop/order.proto"], { cwd });
    expect(code).toBe(0);
    expect(Object.keys(treeOf(join(cwd, "shop/proto")))).toEqual([
      "shop/common/money.proto",
      "shop/order.proto",
    ]);
  });
});
