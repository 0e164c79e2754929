import { type ChildProcess, execFile, spawn } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { scaffoldGreeter } from "../../../scripts/demo/scaffold.js";
import { createEtcd } from "../../support/etcd.ts";

/*
 * The scaffolded greeter as a user runs it: the packed tool, an installed project, processes that find each other.
 * Its handler answers with the process id, so that callers can see who served them.
 */

const handlers = fileURLToPath(new URL("../../fixtures/handlers/", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "greeter-e2e-"));
const loopback = {
  ...process.env,
  MICRO_SERVER_ADDRESS: "127.0.0.1:0",
  MICRO_REGISTRY_ADDRESS: "127.0.0.1",
  MICRO_BROKER_ADDRESS: "127.0.0.1:0",
};

let project: string;
let running: ChildProcess[] = [];

beforeAll(async () => {
  const steps = { handler: join(handlers, "says-pid.ts"), env: loopback, tell: () => {} };
  project = await scaffoldGreeter(folder, steps);
  cpSync(join(handlers, "call-hello.js"), join(project, "srv/call-hello.js"));
});

afterEach(async () => {
  await Promise.all(running.map((child) => stop(child, "SIGKILL")));
  running = [];
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function startSrv(env: NodeJS.ProcessEnv = loopback): ChildProcess {
  const child = spawn(process.execPath, ["dist/main.js"], {
    cwd: join(project, "srv"),
    env,
    stdio: "ignore",
  });
  running.push(child);
  return child;
}

function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    child.kill(signal);
  });
}

async function micro(args: string[], env: NodeJS.ProcessEnv = loopback): Promise<string> {
  const bin = join(project, "node_modules/@micro-service/toolkit/bin/micro.js");
  return (await promisify(execFile)(process.execPath, [bin, ...args], { cwd: project, env })).stdout;
}

async function until(holds: () => Promise<boolean>, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`did not become true within ${withinMs} ms`);
  }
}

const nodesOf = async (env?: NodeJS.ProcessEnv): Promise<number> => {
  const service = JSON.parse(
    await micro(["get", "service", "go.micro.srv.greeter", "--json"], env).catch(() => "null"),
  );
  const records = (Array.isArray(service) ? service : (service?.services ?? [])) as { nodes: unknown[] }[];
  return records.reduce((sum, record) => sum + record.nodes.length, 0);
};

interface Calls {
  readonly served: Record<string, number>;
  readonly failures: string[];
}

function callHello(
  calls: number,
  inFlight: number,
): { child: ChildProcess; calling: Promise<void>; done: Promise<Calls> } {
  const child = spawn(process.execPath, ["call-hello.js", String(calls), String(inFlight)], {
    cwd: join(project, "srv"),
    env: loopback,
  });
  running.push(child);
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  const calling = new Promise<void>((resolve) => child.stderr?.once("data", () => resolve()));
  const done = new Promise<Calls>((resolve, reject) => {
    child.once("close", (code) =>
      code === 0 ? resolve(JSON.parse(output)) : reject(new Error(`code ${code}: ${output}`)),
    );
  });
  return { child, calling, done };
}

describe("the scaffolded greeter", () => {
  test("when two instances run then each serves 25 to 75 of 100 calls", async () => {
    const two = [startSrv(), startSrv()];
    await until(async () => (await nodesOf()) === 2, 10_000);
    const { served, failures } = await callHello(100, 1).done;
    expect(failures).toEqual([]);
    for (const { pid } of two) {
      expect(served[String(pid)]).toBeGreaterThanOrEqual(25);
      expect(served[String(pid)]).toBeLessThanOrEqual(75);
    }
  });

  test("when one of two instances is killed with 16 calls in flight then no call fails", async () => {
    const [victim] = [startSrv(), startSrv()];
    await until(async () => (await nodesOf()) === 2, 10_000);
    const { calling, done } = callHello(20_000, 16);
    await calling;
    await stop(victim as ChildProcess, "SIGKILL");
    const { served, failures } = await done;
    expect(failures).toEqual([]);
    expect(Object.values(served).reduce((sum, count) => sum + count, 0)).toBe(20_000);
  });

  test("when an instance gets SIGTERM then it exits with 0 and is out of micro list services within 2 s", async () => {
    const only = startSrv();
    const listed = async () =>
      (await micro(["list", "services"])).split("\n").includes("go.micro.srv.greeter");
    await until(listed, 10_000);
    const exit = stop(only, "SIGTERM");
    await until(async () => !(await listed()), 2_000);
    await exit;
    expect(only.exitCode).toBe(0);
  });

  test("when the registry is etcd then the same build is found there", async () => {
    const etcd = await createEtcd();
    try {
      await etcd.start();
      const env = { ...loopback, MICRO_REGISTRY: "etcd", MICRO_REGISTRY_ADDRESS: etcd.address };
      const only = startSrv(env);
      await until(async () => (await nodesOf(env)) === 1, 10_000);
      const answer = await micro(["call", "go.micro.srv.greeter", "Greeter.Hello", '{"name":"x"}'], env);
      expect(JSON.parse(answer)).toEqual({ msg: String(only.pid) });
      await stop(only, "SIGTERM");
      expect(await nodesOf(env)).toBe(0);
    } finally {
      await etcd.remove();
    }
  });
});
