import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";

const programs = fileURLToPath(new URL("../../fixtures/programs/", import.meta.url));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

const LOCAL = { MICRO_REGISTRY: "memory", MICRO_BROKER: "memory", MICRO_SERVER_ADDRESS: "127.0.0.1:0" };

/** What lines of the log say; each is written at once. */
function sentencesOf(text: string): string {
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line) => `${line.startsWith("{") ? JSON.parse(line).message : line}\n`).join("");
}

/** A program of test/fixtures/programs as a process of its own. */
function run(args: string[] = [], env: Record<string, string> = LOCAL, program = "service.mjs") {
  const child = spawn(process.execPath, [programs + program, ...args], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const output: { stdout: string; stderr: string } = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += name === "stderr" ? sentencesOf(text) : text;
      child.emit("text");
    });
  }
  const exited = new Promise<number | string | null>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
  return {
    child,
    output,
    exited,
    said: (pattern: RegExp) =>
      new Promise<RegExpExecArray>((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output.stdout + output.stderr);
          if (match !== null) resolve(match);
        };
        child.on("text", look);
        void exited.then((code) => reject(new Error(`exited with ${code}: ${output.stderr}`)));
        look();
      }),
  };
}

const LISTENS = /^go\.micro\.srv\.waiter latest listens on (127\.0\.0\.1:\d+), registered in memory$/m;

async function call(address: string, ms: number): Promise<Response> {
  return fetch(`http://${address}/test.Waiter/Wait`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ms }),
  });
}

describe("run()", () => {
  test("when it has started then one line says where, and SIGTERM ends it with 0", async () => {
    const { child, output, exited, said } = run();
    const [, address = ""] = await said(LISTENS);
    expect(await (await call(address, 1)).json()).toEqual({ ms: 1 });
    child.kill("SIGTERM");
    expect(await exited).toBe(0);
    expect(output.stderr.split("\n")).toEqual([
      expect.stringMatching(LISTENS),
      "go.micro.srv.waiter: SIGTERM, stopping",
      "",
    ]);
  });

  test("when SIGINT comes in the middle of a call then the call is finished first", async () => {
    const { child, exited, said } = run();
    const [, address = ""] = await said(LISTENS);
    const answer = call(address, 500);
    await said(/called/);
    child.kill("SIGINT");
    expect(await (await answer).json()).toEqual({ ms: 500 });
    expect(await exited).toBe(0);
    await expect(call(address, 1)).rejects.toThrow();
  });

  test("when a second signal comes then it ends at once with 1", async () => {
    const { child, output, exited, said } = run();
    const [, address = ""] = await said(LISTENS);
    call(address, 60_000).catch(() => {});
    await said(/called/);
    child.kill("SIGTERM");
    await said(/SIGTERM, stopping/);
    child.kill("SIGTERM");
    expect(await exited).toBe(1);
    expect(output.stderr).toContain("go.micro.srv.waiter: SIGTERM again, not waiting any longer\n");
  });

  test("when options make no sense then each is one line and the exit code is 2", async () => {
    const { output, exited } = run(["--registry=edcd", "--client_retries", "x"], {
      ...LOCAL,
      MICRO_SELECTOR: "fastest",
    });
    expect(await exited).toBe(2);
    expect(output.stdout).toBe("");
    expect(output.stderr.split("\n")).toEqual([
      'go.micro.srv.waiter: --client_retries: "x" is not a whole number from 0 to 100; an example: 1',
      expect.stringMatching(
        /^go\.micro\.srv\.waiter: --registry \/ MICRO_REGISTRY: unknown registry "edcd"; did you mean etcd\? Known: etcd .*mdns memory/,
      ),
      'go.micro.srv.waiter: --selector / MICRO_SELECTOR: unknown selector "fastest"; known: cache default leastloaded random registry roundrobin',
      "",
    ]);
  });

  test("when asked for help then it prints flags, variables and defaults, and starts nothing", async () => {
    const { output, exited } = run(["--registry=edcd", "--help"]);
    expect(await exited).toBe(0);
    expect(output.stderr).toBe("");
    expect(output.stdout).toMatch(/^go\.micro\.srv\.waiter latest\n/);
    expect(output.stdout).toMatch(/--registry_address +MICRO_REGISTRY_ADDRESS +where the registry is/);
  });

  test("when asked for the version then it prints that, unless the question is the application's", async () => {
    const { output, exited } = run(["--server_version=1.4.2", "--version"]);
    expect(await exited).toBe(0);
    expect(output).toEqual({ stdout: "go.micro.srv.waiter 1.4.2\n", stderr: "" });
    await run(["--", "--version"]).said(LISTENS);
  });

  test("when the port is taken then one line names it and the exit code is 1", async () => {
    const first = run();
    const [, address = ""] = await first.said(LISTENS);
    const { output, exited } = run([`--server_address=${address}`]);
    expect(await exited).toBe(1);
    expect(output.stderr).toMatch(
      new RegExp(`^go\\.micro\\.srv\\.waiter: .*${address} is already in use.*\\n$`),
    );
  });
});

test("when mDNS speaks on loopback only then the service listens there, too, and says why", async () => {
  const { said } = run([`--server_name=go.micro.srv.waiter-${randomUUID().slice(0, 8)}`], {
    MICRO_BROKER: "memory",
    MICRO_REGISTRY_ADDRESS: "127.0.0.1",
  });
  await said(/listens on 127\.0\.0\.1:\d+, which mdns is limited to, registered in mdns \(/);
});

test("when a service on mDNS and the http broker was stopped then nothing keeps the process alive", async () => {
  const { output, exited } = run(
    [],
    {
      MICRO_SERVER_ADDRESS: "127.0.0.1:0",
      MICRO_REGISTRY_ADDRESS: "127.0.0.1",
      MICRO_BROKER_ADDRESS: "127.0.0.1:0",
    },
    "start-stop.mjs",
  );
  expect(await exited).toBe(0);
  expect(output).toEqual({ stdout: '{"status":"ok"}\nhi\n', stderr: "" });
});
