import { randomUUID } from "node:crypto";
import { mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { Registry } from "../../../src/runtime/registry/index.ts";
import { createMdnsRegistry } from "../../../src/runtime/registry/mdns/index.ts";
import { Greeter } from "../../fixtures/greeter/expected/greeter.service.ts";
import { type ServeOptions, serve } from "../../runtime/debug/served.ts";
import { createFolder, type Folder } from "../project/folder.ts";
import { runCommand } from "./command-in-process.ts";

const proto = await readFile(new URL("../../fixtures/greeter/greeter.proto", import.meta.url), "utf8");
const env = { MICRO_REGISTRY: "mdns", MICRO_REGISTRY_ADDRESS: "127.0.0.1" };

let name: string;
let registry: Registry;
let folder: Folder;

beforeEach(async () => {
  name = `go.micro.srv.g${randomUUID().slice(0, 8)}`;
  registry = createMdnsRegistry({ address: "127.0.0.1" });
  onTestFinished(() => registry.close());
  folder = await createFolder({
    "micro.json": JSON.stringify({
      namespace: "go.micro",
      services: [{ name, type: "srv", dir: "." }],
      proto: ["proto"],
    }),
    "proto/greeter.proto": proto,
  });
  await mkdir(join(folder.path, "node_modules/@micro-service"), { recursive: true });
  const runtime = fileURLToPath(new URL("../../../src/runtime", import.meta.url));
  await symlink(runtime, join(folder.path, "node_modules/@micro-service/runtime"));
});

async function start(options: ServeOptions): Promise<void> {
  const served = await serve({ files: ["greeter/greeter.proto"], registry, ...options });
  onTestFinished(() => served.stop());
}

/** Somebody with a client of the methods named. */
const consumer = (called: string, ...methods: (keyof typeof Greeter.methods)[]) =>
  start({
    name: `${name}.${called}`,
    setup: ({ client }) =>
      client.uses?.note(name, {
        ...Greeter,
        methods: Object.fromEntries(methods.map((method) => [method, Greeter.methods[method]])),
      }),
  });

/** After a change of the schema, generated anew. */
async function check(from: string, to: string, ...more: string[]) {
  await folder.write({ "proto/greeter.proto": proto.replace(from, to) });
  await runCommand(folder.path, []);
  return runCommand(folder.path, ["--check", "--against-fleet", ...more], env);
}

const withoutCount: [string, string] = ["  rpc Count(CountRequest) returns (stream HelloResponse);\n", ""];

describe("micro-gen --check --against-fleet", () => {
  test("when somebody who runs calls what is gone then it names them, and exits with 7", async () => {
    await start({ name });
    await consumer("one", "hello");
    await consumer("two", "hello", "count");
    const { exitCode, stderr } = await check(...withoutCount);
    expect(stderr).toContain(
      `called by ${name}.one (version latest, 1 node), ${name}.two (version latest, 1 node)`,
    );
    expect(stderr).toMatch(
      /proto\/greeter\.proto:6:\d+ Rpc Count of greeter.Greeter is gone. \(rpc-deleted\)/,
    );
    expect(stderr).toContain(
      `breaks ${name}.two (version latest, 1 node), which calls greeter.Greeter.Count`,
    );
    expect(stderr).not.toContain(`breaks ${name}.one`);
    expect(stderr).toContain("error: 1 change breaks somebody who runs.");
    expect(exitCode).toBe(7);
    const { stdout } = await runCommand(folder.path, ["--check", "--against-fleet", "--json"], env);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: "breaking" },
      fleet: [
        {
          service: name,
          consumers: [{ name: `${name}.one` }, { name: `${name}.two` }],
          breaks: [
            {
              rule: "rpc-deleted",
              consumer: { name: `${name}.two`, nodes: 1 },
              methods: ["greeter.Greeter.Count"],
            },
          ],
        },
      ],
    });
  });

  test("when nobody who runs calls what is gone then it passes and says so", async () => {
    await start({ name });
    await consumer("one", "hello");
    const { exitCode, stderr } = await check(...withoutCount);
    expect(stderr).toContain("is gone: breaks nobody who runs. (rpc-deleted)");
    expect(stderr).toContain("No running consumer is known that this would break.");
    expect(stderr).toMatch(/Never seen: callers that are not on this registry \(mdns\)/);
    expect(exitCode).toBe(0);
  });

  test("when somebody does not tell what it calls then that is said", async () => {
    await start({ name });
    await start({ name: `${name}.silent`, registerUses: false });
    const { exitCode, stderr } = await check(...withoutCount);
    expect(stderr).toMatch(/Not known: .*\.silent \(version latest, 1 node\).* not tell what/);
    expect(exitCode).toBe(0);
  });

  test("when a change breaks who speaks JSON then it has to be decided, because nobody knows who does", async () => {
    await start({ name });
    await consumer("one", "hello");
    const renamed: [string, string] = ["string name = 1;", "string nickname = 1;"];
    expect(proto).toContain(renamed[0]);
    const refused = await check(...renamed);
    expect(refused.stderr).toMatch(/Field 1 .*: breaks who speaks JSON, and nobody knows who does. \(field-/);
    expect(refused.stderr).toContain("callers by JSON, which the registry does not tell of.");
    expect(refused.exitCode).toBe(7);
    const config = JSON.parse(await folder.read("micro.json"));
    const entries = [...refused.stderr.matchAll(/\{"rule": "([\w-]+)", "name": "([^"]+)"/g)];
    const allow = entries.map(([, rule, full]) => ({ rule, name: full, reason: "Nobody speaks JSON." }));
    for (const more of [{ allow }, { compatibility: "wire" }]) {
      await folder.write({ "micro.json": JSON.stringify({ ...config, ...more }) });
      await runCommand(folder.path, []);
      const { exitCode, stderr } = await runCommand(folder.path, ["--check", "--against-fleet"], env);
      expect(stderr).toContain("breaks who speaks JSON, which was decided.");
      expect(exitCode).toBe(0);
    }
  });

  test("when the service does not run and nobody calls it then there is nothing to break", async () => {
    const { exitCode, stderr } = await check(...withoutCount);
    expect(stderr).toContain(`${name}: does not run, and nobody who runs says to call it.`);
    expect(exitCode).toBe(0);
  });

  test("when the service does not run and somebody calls it then nobody can say, which is no pass", async () => {
    await consumer("one", "hello");
    const { exitCode, stderr } = await check(...withoutCount);
    expect(stderr).toContain(
      `${name} does not run, and ${name}.one (version latest, 1 node) may call it again`,
    );
    expect(exitCode).toBe(1);
  });

  test("when the service does not tell its schema then nobody can say, which is no pass", async () => {
    await start({ name, reflection: false });
    const { exitCode, stderr } = await check(...withoutCount);
    expect(stderr).toContain("does not tell its schema");
    expect(exitCode).toBe(1);
  });

  test("when the registry is away then that is no pass", async () => {
    await runCommand(folder.path, []);
    const { exitCode, stderr } = await runCommand(
      folder.path,
      ["--check", "--against-fleet", "--registry", "etcd", "--registry-address", "127.0.0.1:1"],
      env,
    );
    expect(stderr).toContain("Cannot ask the registry etcd who runs");
    expect(exitCode).toBe(1);
  });
});

test("when it is not about a whole project then that is refused", async () => {
  for (const more of [["--offline"], ["--out", "x"], ["--against", "main"]])
    expect(await runCommand(folder.path, ["--against-fleet", ...more])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("--against-fleet does not go with"),
    });
});

describe("micro-gen --against-fleet", () => {
  test("when somebody would break then nothing is written, else the change is made that git would refuse", async () => {
    await start({ name });
    await consumer("two", "count");
    await runCommand(folder.path, []);
    const [from, to] = withoutCount;
    await folder.write({ "proto/greeter.proto": proto.replace(from, to) });
    expect((await runCommand(folder.path, ["--against-fleet"], env)).exitCode).toBe(7);
    expect(await folder.read("src/gen/greeter.service.ts")).toContain("Count");
    await folder.write({ "proto/greeter.proto": proto.replace("rpc Gather(", "rpc Collect(") });
    expect((await runCommand(folder.path, [])).exitCode).toBe(7);
    expect((await runCommand(folder.path, ["--against-fleet"], env)).exitCode).toBe(0);
    expect(await folder.read("src/gen/greeter.service.ts")).toContain("Collect");
  });

  test("when the schema is broken then its mistake is told, with its place", async () => {
    await folder.write({ "proto/greeter.proto": `${proto}message {}` });
    expect(await runCommand(folder.path, ["--against-fleet"], env)).toMatchObject({
      exitCode: 6,
      stderr: expect.stringContaining("proto/greeter.proto:"),
    });
  });
});

describe("micro-gen --against a running service", () => {
  test.each(["registry", "grpc"])("when it is asked by %s then what it has is the baseline", async (kind) => {
    const served = await serve({ files: ["greeter/greeter.proto"], registry, name });
    onTestFinished(() => served.stop());
    const against = kind === "grpc" ? `grpc://${served.address}` : `registry:${name}`;
    const [from, to] = withoutCount;
    await folder.write({ "proto/greeter.proto": proto.replace(from, to) });
    const { exitCode, stderr } = await runCommand(folder.path, ["--against", against], env);
    expect(stderr).toContain("Rpc Count of greeter.Greeter is gone");
    expect(stderr).toContain(`${against}; nothing was written.`);
    expect(exitCode).toBe(7);
    await folder.write({ "proto/greeter.proto": proto });
    expect((await runCommand(folder.path, ["--against", against], env)).exitCode).toBe(0);
  });
});
