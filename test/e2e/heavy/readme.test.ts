import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../scaffold-helpers.ts";
import { installPackedTool, must, type PackedTool } from "./packed-tool.ts";

// What a README tells its reader to type is typed here, line by line, in the order it stands there.
const folder = temporaryFolder();
let tool: PackedTool;
let running: ChildProcess | undefined;

beforeAll(async () => {
  mkdirSync(join(folder, "tool"));
  tool = await installPackedTool(join(folder, "tool"));
});
afterEach(() => stop());

/** Loopback only, and nothing of a shell that runs this test. */
const env = {
  MICRO_SERVER_ADDRESS: "127.0.0.1:0",
  MICRO_REGISTRY_ADDRESS: "127.0.0.1",
  MICRO_BROKER_ADDRESS: "127.0.0.1:0",
};

/** Commands of the `sh` blocks of a README. */
function commandsOf(readme: string): string[] {
  const blocks = readFileSync(readme, "utf8").matchAll(/^```sh\n([\s\S]*?)^```$/gm);
  return [...blocks].flatMap(([, block = ""]) => block.split("\n").filter((line) => line !== ""));
}

/** Starts a command that does not end by itself, and waits for the line that says it is up. */
async function start(command: string, cwd: string, up: string): Promise<void> {
  await stop();
  // A group of its own, so that npm, its shell and the program all get the signal.
  const child = spawn("sh", ["-c", command], { cwd, env: { ...process.env, ...env }, detached: true });
  running = child;
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        said.push(line);
        if (line.includes(up)) resolve();
      });
    }
    child.once("exit", (code) => reject(new Error(`${command} ended with ${code}:\n${said.join("\n")}`)));
  });
}

async function stop(): Promise<void> {
  const child = running;
  running = undefined;
  if (child?.pid === undefined || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-child.pid, "SIGINT");
  await ended;
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Types every command; answers with what the calls printed. */
async function follow(readme: string, cwd: string): Promise<string[]> {
  const answers: string[] = [];
  for (const command of commandsOf(readme)) {
    if (command === "npm run dev") await start(command, cwd, "everything is up");
    else if (command === "npm start" || command === "npm run start") await start(command, cwd, "listens on");
    else {
      const answer = await must("sh", ["-c", command], cwd, env);
      if (/^curl|run micro/.test(command)) answers.push(answer);
    }
  }
  await stop();
  return answers;
}

describe("the README of a new project", () => {
  const alias = `readme-${process.pid}`;

  test("of a workspace: every command works, in the root and in every service's folder", async () => {
    for (const port of [8080, 8082]) expect(await isFree(port), `port ${port} is taken`).toBe(true);
    const args = [
      alias,
      "--type",
      "srv,api,web",
      "--package-manager",
      "npm",
      "--yes",
      "--no-git",
      "--no-install",
    ];
    expect((await tool.create(args, folder)).code).toBe(0);
    const project = join(folder, alias);

    const answers = await follow(join(project, "README.md"), project);
    expect(answers).toHaveLength(3);
    expect(answers[0]).toContain("Hello Ada"); // micro call of SRV
    expect(answers[1]).toContain('{"msg":"Hello Ada"}'); // curl of the gateway
    expect(answers[2]).toContain("<form"); // curl of the page

    for (const dir of ["srv", "api", "web"]) {
      const said = await follow(join(project, dir, "README.md"), join(project, dir));
      expect(said.length, dir).toBeGreaterThan(0);
    }
  });

  test("of a single service: every command works", async () => {
    const name = `lone-${process.pid}`;
    const args = [name, "--type", "srv", "--package-manager", "npm", "--yes", "--no-git", "--no-install"];
    expect((await tool.create(args, folder)).code).toBe(0);
    const project = join(folder, name);
    const answers = await follow(join(project, "README.md"), project);
    expect(answers[0]).toContain("Hello Ada");
  });
});
