import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Registry, Service } from "../../src/runtime/registry/index.ts";
import { createMdnsRegistry } from "../../src/runtime/registry/mdns/index.ts";
import { collect } from "../contract/registry.ts";

/** Runs to the end. */
async function run(command: string, args: string[], cwd?: string): Promise<{ code: number; output: string }> {
  const child = spawn(command, args, { cwd, env: { ...process.env, GOFLAGS: "-mod=mod" } });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk) => {
      output += chunk;
    });
  const code = await new Promise<number>((resolve) => {
    child.on("error", () => resolve(-1));
    child.on("close", (exitCode) => resolve(exitCode ?? -1));
  });
  return { code, output };
}

// go-micro sends on the interface of the default route, not on loopback.
const outside = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
const root = await mkdtemp(join(tmpdir(), "go-micro-"));

/** The peer program, or why there is none. */
async function build(module: string, version: string): Promise<{ program: string } | { missing: string }> {
  if (outside === undefined) return { missing: "there is no network" };
  if ((await run("go", ["version"])).code !== 0) return { missing: "there is no go" };
  const folder = join(root, version);
  const program = join(folder, "peer");
  const source = await readFile(new URL("registry-go/main.go.txt", import.meta.url), "utf8");
  // v1.18 names this module but the registry uses none of it, and it can no longer be had.
  await mkdir(join(folder, "unused"), { recursive: true });
  await writeFile(join(folder, "unused", "go.mod"), "module github.com/micro/protoc-gen-micro\n");
  await writeFile(join(folder, "main.go"), source.replace('"GO_MICRO/', `"${module}/`));
  await run("go", ["mod", "init", "peer"], folder);
  await run("go", ["mod", "edit", "-replace", "github.com/micro/protoc-gen-micro=./unused"], folder);
  if ((await run("go", ["get", `${module}/registry@${version}`], folder)).code !== 0)
    return { missing: "its modules cannot be fetched" };
  const built = await run("go", ["build", "-o", program, "."], folder);
  if (built.code !== 0) throw new Error(built.output);
  return { program };
}

const peers: { name: string; program: string; missing: string | undefined }[] = [];
for (const [module, version] of [
  ["github.com/micro/go-micro/v2", "v2.9.1"],
  ["github.com/micro/go-micro", "v1.18.0"],
] as const) {
  const built = await build(module, version);
  const isMissing = "missing" in built;
  peers.push({
    name: `go-micro ${version}${isMissing ? ` (skipped: ${built.missing})` : ""}`,
    program: isMissing ? "" : built.program,
    missing: isMissing ? built.missing : undefined,
  });
}
const removeAll = () => rm(root, { recursive: true, force: true });
// Hooks do not run when everything is skipped.
if (peers.every(({ missing }) => missing !== undefined)) await removeAll();
afterAll(removeAll);

for (const { name: title, program, missing } of peers)
  describe.skipIf(missing !== undefined)(title, () => {
    let registry: Registry;
    let service: Service;
    const ask = async (...args: string[]) => JSON.parse((await run(program, args)).output) as unknown;

    beforeAll(() => {
      registry = createMdnsRegistry();
      const name = `go.micro.srv.g${randomUUID().slice(0, 8)}`;
      service = {
        name,
        version: "latest",
        metadata: {},
        endpoints: [
          {
            name: "Greeter.Hello",
            request: {
              name: "HelloRequest",
              type: "HelloRequest",
              values: [{ name: "name", type: "string", values: [] }],
            },
            response: null,
            metadata: { stream: "false" },
          },
        ],
        nodes: [{ id: `${name}-go`, address: `${outside}:7001`, metadata: { protocol: "grpc" } }],
      };
    });
    afterAll(async () => {
      await registry?.close();
    });

    it("we see what it registers, lists and takes back", async () => {
      const watch = await collect(registry, service.name);
      const peer = spawn(program, ["register", service.name, `${outside}:7001`]);
      await once(peer.stdout, "data");
      expect(await registry.getService(service.name)).toEqual([service]);
      expect((await registry.listServices()).map(({ name }) => name)).toContain(service.name);
      peer.stdin.end("\n");
      await once(peer, "exit");
      await watch.until("delete", `${service.name}-go`);
      expect(await registry.getService(service.name)).toEqual([]);
      await watch.stop();
    });

    it("it sees what we register, list and take back", async () => {
      const nodes = ["a", "b"].map((id, i) => ({
        id: `${service.name}-${id}`,
        address: `${outside}:${7002 + i}`,
        metadata: { protocol: "grpc" },
      }));
      const watcher = spawn(program, ["watch", service.name]);
      const events = createInterface(watcher.stdout)[Symbol.asyncIterator]();
      await events.next();
      await registry.register({ ...service, nodes });
      const [found] = (await ask("get", service.name)) as Service[];
      expect(found!.nodes.sort((x, y) => (x.id < y.id ? -1 : 1))).toEqual(nodes);
      expect(found!.endpoints).toMatchObject([{ name: "Greeter.Hello", metadata: { stream: "false" } }]);
      expect(((await ask("list", "")) as Service[]).map(({ name }) => name)).toContain(service.name);
      await registry.deregister({ ...service, nodes });
      expect(await ask("get", service.name)).toEqual([]);
      const seen = new Set<string>();
      while (!seen.has(`delete ${nodes[1]!.id}`)) {
        const { Action, Service } = JSON.parse((await events.next()).value) as {
          Action: string;
          Service: Service;
        };
        seen.add(`${Action} ${Service.nodes[0]!.id}`);
      }
      expect(seen).toContain(`create ${nodes[0]!.id}`);
      watcher.kill();
      await once(watcher, "exit");
    });
  });
