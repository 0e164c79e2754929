import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, onTestFinished, test } from "vitest";
import { Greeter } from "../fixtures/greeter/expected/greeter.service.ts";
import { runCommand } from "../generator/commands/command-in-process.ts";
import { createFolder } from "../generator/project/folder.ts";
import { descriptorsOf } from "../runtime/debug/served.ts";
import { pythonWithRequirements } from "../support/python.ts";

const run = promisify(execFile);
const peer = (file: string) => fileURLToPath(new URL(`grpc-tools/${file}`, import.meta.url));
const root = await mkdtemp(join(tmpdir(), "foreign-reflection-"));
afterAll(() => rm(root, { recursive: true, force: true }));

/** Starts a program that prints the port it serves on. */
async function serve(command: string, args: readonly string[], cwd = root): Promise<string> {
  const child = spawn(command, args, { cwd, stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, "exit");
  });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  return `grpc://127.0.0.1:${line.trim()}`;
}

/** The pinned client of a server, and that a second look finds nothing new. */
async function client(from: string, ...more: string[]) {
  const folder = await createFolder();
  const made = await runCommand(folder.path, ["client", "--from", from, "--out", "client", ...more]);
  expect(made).toMatchObject({ exitCode: 0 });
  expect(await runCommand(folder.path, ["client", "client", "--check"])).toMatchObject({ exitCode: 0 });
  return folder;
}

const pinned = async (folder: { read(path: string): Promise<string> }) =>
  JSON.parse(await folder.read("client/.micro/manifest.json")).answers.clients["."].services as unknown;

const go = await haveGo();

describe("micro-gen client makes clients of servers that are not ours", () => {
  test("Python's grpcio-reflection tells the same schema as our own", async () => {
    const set = join(root, "greeter.binpb");
    await writeFile(set, await descriptorsOf(["greeter/greeter.proto"]));
    const python = await pythonWithRequirements(peer(""));
    const folder = await client(await serve(python, [peer("serve.py"), set]));
    expect(await pinned(folder)).toEqual({ "greeter.Greeter": { digest: Greeter.digest } });
    expect(await folder.read("client/greeter.service.ts")).toBe(await withoutComments("greeter.service.ts"));
  });

  test("@grpc/reflection on grpc-js does, too", async () => {
    const home = join(root, "node");
    await mkdir(home);
    await writeFile(join(home, "package.json"), "{}");
    const packages = ["@grpc/reflection@1.0.4", "@grpc/grpc-js@1.14.7", "@grpc/proto-loader@0.7.15"];
    await run("npm", ["install", "--no-audit", "--no-fund", "--silent", ...packages], { cwd: home });
    await copyFile(peer("serve.js.txt"), join(home, "serve.cjs"));
    const proto = fileURLToPath(new URL("../fixtures/greeter/greeter.proto", import.meta.url));
    const folder = await client(await serve(process.execPath, ["serve.cjs", proto], home));
    expect(Object.keys((await pinned(folder)) as object)).toEqual(["greeter.Greeter"]);
    expect(await folder.read("client/greeter.ts")).toContain("export interface CountRequest");
  });

  test.skipIf(go === undefined)("grpc-go's reflection tells its test service, of four files", async () => {
    const from = await serve(go as string, []);
    const folder = await client(from, "--only", "grpc.testing.TestService/UnaryCall");
    const files = Object.keys(await folder.tree());
    expect(files.filter((file) => file.endsWith(".service.ts"))).toHaveLength(1);
    const service = files.find((file) => file.endsWith(".service.ts")) as string;
    expect(await folder.read(service)).toContain("unaryCall(request: MessageInit<SimpleRequest>");
    expect(await folder.read(service)).not.toContain("emptyCall");
  });
});

/** Reflection has no comments, so the code has none of the schema's. */
async function withoutComments(file: string): Promise<string> {
  const folder = await createFolder();
  await folder.write({ "greeter.binpb": await descriptorsOf(["greeter/greeter.proto"]) });
  await runCommand(folder.path, ["client", "--from", "greeter.binpb", "--out", "client"]);
  return folder.read(`client/${file}`);
}

/** The Go peer; undefined where it cannot be built. */
async function haveGo(): Promise<string | undefined> {
  const folder = join(root, "go");
  await mkdir(folder);
  await writeFile(join(folder, "main.go"), await readFile(peer("main.go.txt")));
  const env = { ...process.env, GOFLAGS: "-mod=mod" };
  try {
    await run("go", ["mod", "init", "peer"], { cwd: folder, env });
    await run("go", ["get", "google.golang.org/grpc@v1.76.0"], { cwd: folder, env });
    await run("go", ["build", "-o", "peer", "."], { cwd: folder, env });
    return join(folder, "peer");
  } catch (error) {
    console.warn(`skipped: grpc-go's reflection (${(error as Error).message.split("\n")[0]})`);
    return undefined;
  }
}
