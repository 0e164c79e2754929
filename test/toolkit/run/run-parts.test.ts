import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { developmentEnv } from "../../../src/toolkit/cli/commands/run.ts";
import { type Children, createChildren } from "../../../src/toolkit/run/child.ts";
import { findProject, parseProject } from "../../../src/toolkit/run/micro-json.ts";
import { createVoices } from "../../../src/toolkit/run/prefix.ts";

test("a folder belongs to the project whose micro.json is the next one upwards", async () => {
  const root = await mkdtemp(join(tmpdir(), "micro-run-"));
  try {
    const inside = join(root, "srv", "src");
    await mkdir(inside, { recursive: true });
    await writeFile(
      join(root, "micro.json"),
      JSON.stringify({ namespace: "a", services: [{ name: "a.srv.b", type: "srv", dir: "srv" }] }),
    );
    expect(await findProject(inside)).toMatchObject({ root, services: [{ dir: join(root, "srv") }] });
    await writeFile(join(root, "srv", "micro.json"), "{");
    await expect(findProject(inside)).rejects.toThrow(join("srv", "micro.json"));
  } finally {
    await rm(root, { recursive: true });
  }
});

describe("micro.json is read strictly", () => {
  const read = (json: unknown) =>
    parseProject(typeof json === "string" ? json : JSON.stringify(json), "/p", "/p/micro.json");
  const service = { name: "go.micro.srv.greeter", type: "srv", dir: "srv" };

  test("folders are the project's", () => {
    expect(
      read({ namespace: "go.micro", services: [service, { ...service, dir: "." }], proto: ["proto"] }),
    ).toEqual({
      root: "/p",
      namespace: "go.micro",
      services: [
        { ...service, dir: "/p/srv" },
        { ...service, dir: "/p" },
      ],
    });
  });

  test.each([
    ["{", "/p/micro.json: "],
    [{}, '"namespace" must be a name'],
    [{ namespace: "a b", services: [service] }, '"namespace" must be a name'],
    [{ namespace: "go.micro", services: [] }, '"services" must list at least one'],
    [{ namespace: "go.micro", services: [{}] }, '"services[0].name" must be a name'],
    [{ namespace: "go.micro", services: [{ name: "a" }] }, '"services[0].type"'],
    [
      { namespace: "go.micro", services: [{ ...service, dir: "../x" }] },
      '"services[0].dir" must be a folder inside',
    ],
    [
      { namespace: "go.micro", services: [{ ...service, dir: "/etc" }] },
      '"services[0].dir" must be a folder inside',
    ],
  ])("%j is refused: %s", (json, message) => {
    expect(() => read(json)).toThrow(message);
  });
});

describe("services in development stay on loopback", () => {
  test("unless the user says otherwise", () => {
    expect(developmentEnv({ env: { PATH: "/bin" }, color: false }, {})).toEqual({
      PATH: "/bin",
      MICRO_SERVER_ADDRESS: "127.0.0.1:0",
      MICRO_BROKER_ADDRESS: "127.0.0.1:0",
      MICRO_REGISTRY_ADDRESS: "127.0.0.1",
      MICRO_LOG_FORMAT: "text",
    });
    expect(developmentEnv({ env: { MICRO_SERVER_ADDRESS: ":9000" }, color: false }, {})).toMatchObject({
      MICRO_SERVER_ADDRESS: ":9000",
    });
  });

  test("another registry keeps its own address; flags reach the services", () => {
    const env = developmentEnv({ env: {}, color: true }, { registry: "etcd", selector: "random" });
    expect(env).toMatchObject({ MICRO_REGISTRY: "etcd", MICRO_SELECTOR: "random", FORCE_COLOR: "1" });
    expect(env).not.toHaveProperty("MICRO_REGISTRY_ADDRESS");
  });
});

describe("lines carry the name of who wrote them", () => {
  test("padded, coloured only when asked", () => {
    let text = "";
    const out = (line: string) => {
      text += line;
    };
    createVoices(["api", "greeter-srv"], out, false)("api")("up");
    expect(text).toBe("api         | up\n");
    text = "";
    createVoices(["api"], out, true)("api")("up");
    expect(text).toBe("\u001b[36mapi |\u001b[39m up\n");
  });
});

describe("a stopped process leaves nothing behind", () => {
  let folder: string;
  let children: Children;

  beforeEach(async () => {
    children = createChildren();
    folder = await mkdtemp(join(tmpdir(), "micro-run-"));
  });

  afterEach(async () => {
    children.close();
    await rm(folder, { recursive: true });
  });

  /** A process with a child of its own, both deaf to SIGTERM; says the child's pid. */
  const DEAF = `
    import { spawn } from "node:child_process";
    process.on("SIGTERM", () => console.log("deaf"));
    const deaf = "process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)";
    const child = spawn(process.execPath, ["-e", deaf]);
    child.stdout.once("data", () => console.log("pid " + child.pid));
    setInterval(() => {}, 1000);
  `;

  test.skipIf(process.platform === "win32")("also when it and its child ignore SIGTERM", async () => {
    const file = join(folder, "deaf.mjs");
    await writeFile(file, DEAF);
    const lines: string[] = [];
    const { EventEmitter } = await import("node:events");
    const events = new EventEmitter();
    const child = children.start({
      args: [file],
      cwd: folder,
      env: process.env,
      onLine: (line) => {
        lines.push(line);
        events.emit("line");
      },
    });
    while (lines.length === 0) await once(events, "line");
    const pid = Number(lines[0]?.replace("pid ", ""));
    expect(() => process.kill(pid, 0)).not.toThrow();
    await child.stop(100);
    expect(await child.ended).toBe("SIGKILL");
    await expect.poll(() => isGone(pid)).toBe(true);
  });

  test("a program that cannot start says so", async () => {
    const lines: string[] = [];
    const child = children.start({
      args: [],
      cwd: join(folder, "nowhere"),
      env: {},
      onLine: (line) => lines.push(line),
    });
    expect(await child.ended).toBe(1);
    expect(lines[0]).toContain("cannot start");
    await child.stop(10);
  });
});

/** Gone, or dead and waiting for a parent to notice. */
async function isGone(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return true;
  }
  const { readFile } = await import("node:fs/promises");
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat.split(") ")[1]?.startsWith("Z") ?? false;
}
