import { randomUUID } from "node:crypto";
import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadSchema } from "../../../src/generator/check/index.ts";
import { createMdnsRegistry } from "../../../src/runtime/registry/mdns/index.ts";
import { descriptorsOf, type ServeOptions, serve } from "../../runtime/debug/served.ts";
import { createFolder, type Folder } from "../project/folder.ts";
import { runCommand } from "./command-in-process.ts";

const microJson = (services = [{ name: "go.micro.srv.shop", type: "srv", dir: "." }]) =>
  JSON.stringify({ namespace: "go.micro", services, proto: ["proto"], compatibility: "none" });
const shop =
  'syntax = "proto3";\npackage shop;\nmessage Id { int64 id = 1; }\nservice Shop { rpc Buy(Id) returns (Id); }\n';
const project = { "micro.json": microJson(), "proto/shop.proto": shop };

async function greeter(options: ServeOptions = {}): Promise<string> {
  const served = await serve({ files: ["greeter/greeter.proto"], ...options });
  onTestFinished(() => served.stop());
  return `grpc://${served.address}`;
}

/** A descriptor set of one schema, as protoc would write it. */
async function compile(folder: Folder, path: string, text: string): Promise<void> {
  const other = await createFolder({ "greeter.proto": text });
  const { descriptorSet } = await loadSchema({ files: ["greeter.proto"], cwd: other.path });
  await folder.write({ [path]: descriptorSet });
}

const schema = (more = "", field = "string name = 1;") =>
  `syntax = "proto3";\npackage greeter;\nmessage Request { ${field} }\nmessage Response { string msg = 1; }\nmessage Other {}\nservice Greeter {\n  rpc Hello(Request) returns (Response);\n  rpc Count(Other) returns (stream Response);\n${more}}\n`;

const clientFiles = ["greeter.codec.ts", "greeter.service.ts", "greeter.ts", "schema.binpb"];
const below = async (folder: Folder, path: string) =>
  Object.keys(await folder.tree()).flatMap((file) =>
    file.startsWith(`${path}/`) ? [file.slice(path.length + 1)] : [],
  );

describe("a client of a running service", () => {
  test("when its address is given then code, schema and lock are written, and a second run changes nothing", async () => {
    const folder = await createFolder(project);
    await runCommand(folder.path, []);
    const from = await greeter();
    const { exitCode, stderr } = await runCommand(folder.path, ["client", "--from", from]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      '4 created.\nCall it: createGreeterClient(service.client, "greeter.Greeter"), from src/clients/greeter;',
    );
    expect(await below(folder, "src/clients/greeter")).toEqual(clientFiles);
    const manifest = JSON.parse(await folder.read(".micro/manifest.json"));
    expect(manifest.answers.clients).toEqual({
      "src/clients/greeter": {
        from,
        services: { "greeter.Greeter": { digest: expect.stringMatching(/^[0-9a-f]{16}$/) } },
      },
    });
    const before = await folder.times();
    for (const argv of [["client", "--from", from], ["client"], [], ["--check"], ["client", "--check"]])
      expect((await runCommand(folder.path, argv)).exitCode).toBe(0);
    expect(await folder.times()).toMatchObject({
      ...before,
      ".micro/cache/last-run.json": expect.anything(),
    });
  });

  test("when single methods are named then the rest and its types are left out", async () => {
    const folder = await createFolder(project);
    const from = await greeter();
    await runCommand(folder.path, ["client", "--from", from, "--only", "greeter.Greeter/Hello"]);
    const types = await folder.read("src/clients/greeter/greeter.ts");
    expect(types.match(/export interface \w+/g)).toEqual([
      "export interface HelloRequest",
      "export interface HelloResponse",
    ]);
    expect(await folder.read("src/clients/greeter/greeter.service.ts")).not.toContain("Count");
  });

  test("when the registry has it then the project's own runtime finds it", async () => {
    const name = `go.micro.srv.g${randomUUID().slice(0, 8)}`;
    const registry = createMdnsRegistry({ address: "127.0.0.1" });
    await greeter({ name, registry });
    onTestFinished(() => registry.close());
    const folder = await createFolder(project);
    await mkdir(join(folder.path, "node_modules/@micro-service"), { recursive: true });
    const runtime = fileURLToPath(new URL("../../../src/runtime", import.meta.url));
    await symlink(runtime, join(folder.path, "node_modules/@micro-service/runtime"));
    const env = { MICRO_REGISTRY: "mdns", MICRO_REGISTRY_ADDRESS: "127.0.0.1" };
    const { exitCode, stderr } = await runCommand(folder.path, ["client", "--from", `registry:${name}`], env);
    expect(stderr).toContain(`Call it: createGreeterClient(service.client, "${name}")`);
    expect(exitCode).toBe(0);
    const alias = name.slice("go.micro.srv.".length);
    expect(await folder.read(`src/clients/${alias}/greeter.service.ts`)).toContain("createGreeterClient");
    expect(await runCommand(folder.path, ["client", "--check"], env)).toMatchObject({
      exitCode: 0,
      stderr: "1 client is as pinned.\n",
    });
    const typo = await runCommand(folder.path, ["client", "--from", `registry:${name}x`], env);
    expect(typo.stderr).toMatch(new RegExp(`did you mean ${name}\\?$`, "m"));
  });

  test("when the project has no runtime installed then that is the answer", async () => {
    const folder = await createFolder(project);
    expect(
      await runCommand(folder.path, ["client", "--from", "registry:go.micro.srv.greeter"]),
    ).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("not installed here: run npm install"),
    });
  });

  test("when nobody can be asked then nothing is written", async () => {
    const folder = await createFolder(project);
    const before = await folder.tree();
    const { exitCode, stderr } = await runCommand(folder.path, ["client", "--from", "grpc://127.0.0.1:1"]);
    expect([exitCode, stderr]).toEqual([
      1,
      "error: Cannot reach grpc://127.0.0.1:1: nothing listens there.\n",
    ]);
    expect(await folder.tree()).toEqual(before);
  });

  test("when there is no project then the folder is its own", async () => {
    const folder = await createFolder();
    const from = await greeter();
    expect((await runCommand(folder.path, ["client", "--from", from])).exitCode).toBe(0);
    expect(await below(folder, "src/clients/greeter")).toEqual([".micro/manifest.json", ...clientFiles]);
    expect((await runCommand(folder.path, ["client", "src/clients/greeter", "--check"])).exitCode).toBe(0);
  });
});

describe("a client of a descriptor set", () => {
  test("when the set is elsewhere then the lock has no path of this machine", async () => {
    const folder = await createFolder({ ...project, "sub/x": "" });
    await folder.write({ "build/greeter.binpb": await descriptorsOf(["greeter/greeter.proto"]) });
    const { exitCode } = await runCommand(join(folder.path, "sub"), [
      "client",
      "--from",
      join(folder.path, "build/greeter.binpb"),
      "--out",
      "../src/clients/greeter",
    ]);
    expect(exitCode).toBe(0);
    const manifest = await folder.read(".micro/manifest.json");
    expect(manifest).toContain('"from": "build/greeter.binpb"');
    expect(manifest).not.toContain(folder.path);
  });

  async function pinned(only?: string): Promise<Folder> {
    const folder = await createFolder(project);
    await compile(folder, "build/greeter.binpb", schema());
    await runCommand(folder.path, []);
    const more = only === undefined ? [] : ["--only", only];
    await runCommand(folder.path, ["client", "--from", "build/greeter.binpb", ...more]);
    expect((await runCommand(folder.path, ["--check"])).exitCode).toBe(0);
    return folder;
  }

  test("when the service moves on then --check says so with exit 4, and client takes it", async () => {
    const folder = await pinned();
    await compile(folder, "build/greeter.binpb", schema("  rpc New(Other) returns (Other);\n"));
    for (const argv of [["--check"], ["client", "--check"]])
      expect(await runCommand(folder.path, argv)).toMatchObject({
        exitCode: 4,
        stderr: expect.stringMatching(
          /build\/greeter.binpb has moved on: Rpc New of greeter.Greeter is new \(safe\)\. Run micro-gen client src\/clients\/greeter\n/,
        ),
      });
    expect((await runCommand(folder.path, ["--check", "--offline"])).exitCode).toBe(0);
    expect((await runCommand(folder.path, ["client"])).exitCode).toBe(0);
    expect(await folder.read("src/clients/greeter/greeter.service.ts")).toContain("New");
    expect((await runCommand(folder.path, ["--check"])).exitCode).toBe(0);
  });

  test("when --json is asked for then the clients are in the plan's", async () => {
    const folder = await pinned();
    const client = { out: "src/clients/greeter", from: "build/greeter.binpb" };
    const clientsOf = async (...more: string[]) => {
      const { exitCode, stdout } = await runCommand(folder.path, ["--check", "--json", ...more]);
      return { exitCode, ...(JSON.parse(stdout) as { applied: boolean; clients: unknown }) };
    };
    const same = [{ ...client, state: "same", details: [] }];
    expect(await clientsOf()).toMatchObject({ exitCode: 0, applied: false, clients: same });
    await compile(folder, "build/greeter.binpb", schema("  rpc New(Other) returns (Other);\n"));
    expect(await clientsOf()).toMatchObject({
      exitCode: 4,
      summary: { identical: 8 },
      clients: [{ ...client, state: "moved", details: ["Rpc New of greeter.Greeter is new (safe)"] }],
    });
    expect(await clientsOf("--offline")).toMatchObject({ exitCode: 0, clients: [] });
    await folder.remove("build/greeter.binpb");
    expect(await clientsOf("--online")).toMatchObject({ exitCode: 1, clients: [{ state: "unknown" }] });
  });

  test("when what changes is not what is used then nothing has moved on", async () => {
    const folder = await pinned("greeter.Greeter/Count");
    await compile(
      folder,
      "build/greeter.binpb",
      `// more words\n${schema("  rpc New(Other) returns (Other);\n", "int32 name = 1;")}`,
    );
    expect((await runCommand(folder.path, ["--check"])).exitCode).toBe(0);
    await compile(folder, "build/greeter.binpb", schema().replace("string msg = 1", "string text = 1"));
    expect((await runCommand(folder.path, ["--check"])).exitCode).toBe(4);
  });

  test("when a service is gone then --check names it", async () => {
    const folder = await pinned();
    await compile(folder, "build/greeter.binpb", schema().replace("service Greeter", "service Welcome"));
    const { exitCode, stderr } = await runCommand(folder.path, ["client", "--check"]);
    expect([exitCode, stderr]).toEqual([4, expect.stringContaining("greeter.Greeter is no longer there")]);
  });

  test("when the source cannot be asked then that is said, and is a failure only with --online", async () => {
    const folder = await pinned();
    await folder.remove("build/greeter.binpb");
    expect(await runCommand(folder.path, ["--check"])).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining("not asked: src/clients/greeter may be out of date. There is no file"),
    });
    expect((await runCommand(folder.path, ["--check", "--online"])).exitCode).toBe(1);
    expect((await runCommand(folder.path, ["client", "--check", "--online"])).exitCode).toBe(1);
  });

  test("when micro-gen is run for other reasons then clients stay as they are, without asking", async () => {
    const folder = await pinned();
    const before = await folder.read("src/clients/greeter/greeter.ts");
    await folder.remove("build/greeter.binpb");
    await folder.write({ "proto/shop.proto": shop.replace("Buy", "Sell") });
    await folder.remove("src/clients/greeter/greeter.ts");
    expect((await runCommand(folder.path, [])).exitCode).toBe(0);
    expect(await folder.read("src/clients/greeter/greeter.ts")).toBe(before);
  });

  test("when a generated file was edited then nothing is written, unless forced", async () => {
    const folder = await pinned();
    await folder.write({ "src/clients/greeter/greeter.ts": "mine" });
    await compile(folder, "build/greeter.binpb", schema("  rpc New(Other) returns (Other);\n"));
    expect((await runCommand(folder.path, ["client"])).exitCode).toBe(4);
    expect(await folder.read("src/clients/greeter/greeter.ts")).toBe("mine");
    expect((await runCommand(folder.path, ["client", "--force"])).exitCode).toBe(0);
  });

  test("when the schema beside the code is another one then micro-gen does not believe it", async () => {
    const folder = await pinned();
    await compile(folder, "src/clients/greeter/schema.binpb", schema("", "int32 name = 1;"));
    expect(await runCommand(folder.path, [])).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining("is not the schema that greeter.Greeter was pinned with"),
    });
    await folder.write({ "src/clients/greeter/schema.binpb": "rubbish" });
    expect((await runCommand(folder.path, [])).exitCode).toBe(6);
  });

  test("when a client is removed then its code and its lock go", async () => {
    const folder = await pinned();
    expect((await runCommand(folder.path, ["client", "src/clients/greeter", "--remove"])).exitCode).toBe(0);
    expect(await below(folder, "src/clients")).toEqual([]);
    expect(JSON.parse(await folder.read(".micro/manifest.json")).answers).toEqual({});
  });
});

test("when a client's folder was deleted by hand then the way to take the client away is told, and works", async () => {
  const folder = await createFolder(project);
  await compile(folder, "greeter.binpb", schema());
  await runCommand(folder.path, ["client", "--from", "greeter.binpb"]);
  await rm(join(folder.path, "src/clients"), { recursive: true });
  const { exitCode, stderr } = await runCommand(folder.path, []);
  expect(exitCode).toBe(4);
  expect(stderr).toContain("micro-gen client src/clients/greeter --remove");
  expect((await runCommand(folder.path, ["client", "src/clients/greeter", "--remove"])).exitCode).toBe(0);
  expect((await runCommand(folder.path, [])).exitCode).toBe(0);
});

describe("a project that has clients and no schema of its own", () => {
  async function caller(): Promise<Folder> {
    const folder = await createFolder({ "micro.json": microJson() });
    await compile(folder, "build/greeter.binpb", schema());
    expect((await runCommand(folder.path, ["client", "--from", "build/greeter.binpb"])).exitCode).toBe(0);
    return folder;
  }

  test("when micro-gen runs then the clients are made again, whether the schema folder is empty or not there", async () => {
    const folder = await caller();
    const before = await folder.tree();
    for (const isEmpty of [false, true]) {
      if (isEmpty) await mkdir(join(folder.path, "proto"));
      await folder.remove("src/clients/greeter/greeter.ts");
      expect(await runCommand(folder.path, ["--check", "--offline"])).toMatchObject({
        exitCode: 4,
        stdout: expect.stringContaining("src/clients/greeter/greeter.ts"),
      });
      expect(await runCommand(folder.path, [])).toMatchObject({
        exitCode: 0,
        stderr: "create    src/clients/greeter/greeter.ts\n1 created, 3 unchanged.\n",
      });
      expect(await folder.tree()).toEqual(before);
      expect((await runCommand(folder.path, [])).stderr).toBe("4 unchanged.\n");
    }
    expect(await runCommand(folder.path, ["--check"])).toMatchObject({
      exitCode: 0,
      stderr: "4 unchanged.\n1 client is as pinned.\n",
    });
  });

  test("when the service moves on then --check says so", async () => {
    const folder = await caller();
    await compile(folder, "build/greeter.binpb", schema("  rpc New(Other) returns (Other);\n"));
    expect(await runCommand(folder.path, ["--check"])).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining("Rpc New of greeter.Greeter is new (safe)"),
    });
  });

  test("when it had schemas then taking the last one away breaks those who call it", async () => {
    const services = [{ name: "go.micro.srv.shop", type: "srv", dir: "." }];
    const config = JSON.stringify({ namespace: "go.micro", services, proto: ["proto"] });
    const folder = await createFolder({ ...project, "micro.json": config, "proto/readme.txt": "" });
    await runCommand(folder.path, []);
    await compile(folder, "build/greeter.binpb", schema());
    await runCommand(folder.path, ["client", "--from", "build/greeter.binpb"]);
    await folder.remove("proto/shop.proto");
    const before = await folder.tree();
    expect(await runCommand(folder.path, [])).toMatchObject({
      exitCode: 7,
      stderr: expect.stringContaining("Service shop.Shop is gone"),
    });
    await folder.remove("proto");
    expect(await runCommand(folder.path, [])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("There is no folder proto"),
    });
    expect(await folder.tree()).toEqual({ ...before, "proto/readme.txt": undefined });
  });
});

describe("what cannot be", () => {
  const services = ["srv", "api"].map((type) => ({ name: `go.micro.${type}.shop`, type, dir: type }));

  test("when several services could call it then the user is asked which, unless in its folder", async () => {
    const folder = await createFolder({ ...project, "micro.json": microJson(services), "api/x": "" });
    await compile(folder, "greeter.binpb", schema());
    const asked = await runCommand(folder.path, ["client", "--from", "greeter.binpb"]);
    expect([asked.exitCode, asked.stderr]).toEqual([
      2,
      "error: Which service calls greeter.binpb? Run this in its folder, or say --out srv/src/clients/greeter.\n",
    ]);
    const { stderr } = await runCommand(join(folder.path, "api"), ["client", "--from", "../greeter.binpb"]);
    expect(stderr).toContain("create    src/clients/greeter/greeter.ts\n");
    expect(stderr).toContain(", from src/clients/greeter;");
    expect(await below(folder, "api/src/clients/greeter")).toEqual(clientFiles);
  });

  test.each([
    [["client"], "There are no clients here yet"],
    [["client", "--check"], "There are no clients here yet"],
    [["client", "--from", "nothing.binpb"], "There is no file nothing.binpb"],
    [["client", "--from", "ftp://x"], "is no source"],
    [["client", "--from", "greeter.binpb", "--out", "../elsewhere"], "is not in the project"],
    [["client", "--from", "greeter.binpb", "--out", "."], "needs a folder of its own"],
    [["client", "--from", "greeter.binpb", "--only", "greeter.Greeter/Helo"], "has no greeter.Greeter.Helo"],
    [["client", "--from", "greeter.binpb", "--only", "a b"], "give a service or one of its methods"],
    [["client", "--only", "greeter.Greeter"], "--only and --out go with --from"],
    [["client", "--remove"], "There are no clients here yet"],
    [["client", "--timeout", "soon"], "give seconds"],
  ])("when it is %j then nothing is written", async (argv, message) => {
    const folder = await createFolder(project);
    await compile(folder, "greeter.binpb", schema());
    const before = await folder.tree();
    const { exitCode, stderr } = await runCommand(folder.path, argv);
    expect(stderr).toContain(message);
    expect(exitCode).not.toBe(0);
    expect(await folder.tree()).toEqual(before);
  });

  test.each(["../../evil.proto", "/etc/evil.proto", "a/../../evil.proto", "con.proto", "a\\..\\evil.proto"])(
    "when a schema is called %s then nothing is written",
    async (name) => {
      const { FileDescriptorSet } = await import("../../../src/runtime/protobuf/descriptor.ts");
      const folder = await createFolder(project);
      const set = FileDescriptorSet.decode(await descriptorsOf(["greeter/greeter.proto"]));
      const evil = { file: set.file.map((file) => ({ ...file, name })) };
      await folder.write({ "evil.binpb": FileDescriptorSet.encode(evil) });
      const before = await folder.tree();
      const { exitCode } = await runCommand(folder.path, ["client", "--from", "evil.binpb"]);
      expect(exitCode).toBe(6);
      expect(await folder.tree()).toEqual(before);
    },
  );
});
