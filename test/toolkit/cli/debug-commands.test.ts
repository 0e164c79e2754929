import {
  type Connection,
  createConnection,
  createMemoryBroker,
  createMemoryRegistry,
  createService,
  jsonMethod,
  type Registry,
  type Service,
  type ServiceRecord,
  silentLogger,
} from "@micro-service/runtime";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Connect } from "../../../src/toolkit/cli/connect.ts";
import { main } from "../../../src/toolkit/cli/main.ts";
import { createGreeterClient, Greeter } from "../../runtime/service/greeter.ts";
import { createFakeTerminal, type FakeTerminal } from "./fake-terminal.ts";

const back = "go.micro.srv.greeter";
const front = "go.micro.api.greeter";
const services: Service[] = [];
let registry: Registry;
let connection: Connection;
let terminal: FakeTerminal;

async function start(name: string, setup: (service: Service) => void, version = "latest"): Promise<void> {
  const service = await createService({
    name,
    version,
    id: `${name}-1`,
    registry,
    broker: "memory",
    address: "127.0.0.1:0",
    drainDelayMs: 0,
    graceMs: 1000,
    args: [],
    env: {},
    logger: silentLogger,
  });
  setup(service);
  await service.start();
  services.push(service);
}

beforeEach(async () => {
  registry = createMemoryRegistry();
  await start(
    back,
    ({ server, log }) =>
      server.handle(Greeter, {
        hello: (request) => {
          log.debug("looking it up");
          log.info(`hello ${request.text}`, { left: 2 });
          return request;
        },
        fail: () => {
          throw new Error("a bug");
        },
      }),
    "1.0.0",
  );
  await start(front, ({ server, client }) => {
    const greeter = createGreeterClient(client as never, back);
    server.handle(Greeter, {
      hello: (request) => greeter.hello(request),
      fail: (request) => greeter.fail(request),
    });
  });
  connection = await createConnection({
    name: "test",
    registry,
    broker: createMemoryBroker(),
    args: [],
    env: {},
  });
});
afterEach(async () => {
  await connection.close();
  for (const service of services.splice(0).reverse()) await service.stop();
});

/** Closed by us. */
const connect: Connect = async () => ({ ...connection, close: async () => {} });

/** Runs micro on the network's registry. */
async function micro(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  terminal = createFakeTerminal();
  const code = await main(args, { terminal, connect });
  return { code, stdout: terminal.stdout(), stderr: terminal.stderr() };
}
const greeter = () => createGreeterClient(connection.client as never, front);
/** Times and ids differ from run to run. */
const steady = (text: string) =>
  text
    .replace(/\d\d:\d\d:\d\d\.\d{3}/g, "TIME")
    .replace(/\b[\da-f]{16}\b/g, "ID")
    .replace(/ +\d+\.\d ms/g, " MS");

describe("micro stats", () => {
  test("prints Micro's table, with requests and errors", async () => {
    await greeter().hello({ text: "Ada" });
    await greeter()
      .fail({})
      .catch(() => {});
    const { code, stdout } = await micro("stats", back);
    const [service, , version, , heading, row] = stdout.split("\n");
    expect([code, service, version]).toEqual([0, `service  ${back}`, "version 1.0.0"]);
    expect(heading?.split("\t").map((cell) => cell.trim())).toEqual([
      "node",
      "address:port",
      "started",
      "uptime",
      "memory",
      "threads",
      "gc",
      "requests",
      "errors",
    ]);
    expect(row?.split("\t").map((cell) => cell.trim())).toEqual([
      `${back}-1`,
      expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^[A-Z][a-z]{2} \d{1,2} \d\d:\d\d:\d\d$/),
      expect.stringMatching(/^\d+s$/),
      expect.stringMatching(/^\d+\.\d\dmb$/),
      "1",
      expect.stringMatching(/^\d+\.\d\dms$/),
      "3",
      "1",
    ]);
  });

  test("when a node does not answer then the others are printed, it is named, and the exit code is 1", async () => {
    const gone = { id: "gone-1", address: "127.0.0.1:1", metadata: { protocol: "grpc" } };
    await registry.register({ name: back, version: "0.9.0", metadata: {}, endpoints: [], nodes: [gone] });
    const { code, stdout, stderr } = await micro("stats", back, "--json");
    expect(code).toBe(1);
    expect(JSON.parse(stdout).nodes).toHaveLength(2);
    expect(stderr).toContain(`${back} at 127.0.0.1:1: `);
  });

  test("when it is a web service then that is said", async () => {
    const node = { id: "web-1", address: "127.0.0.1:1", metadata: {} };
    const record: ServiceRecord = {
      name: "go.micro.web.shop",
      version: "1",
      metadata: {},
      endpoints: [],
      nodes: [node],
    };
    await registry.register(record);
    expect((await micro("stats", "go.micro.web.shop")).stderr).toContain(
      "is a web service, which has no Debug",
    );
  });
});

describe("micro log", () => {
  test("prints the last lines of every node, with their call", async () => {
    await greeter().hello({ text: "Ada" }, { metadata: { "x-request-id": "req-1" } });
    await greeter().hello({ text: "Bob" }, { metadata: { "x-request-id": "req-2" } });
    const call = "method=greeter.Greeter/Hello";
    expect(steady((await micro("log", back)).stdout)).toBe(
      [
        `TIME info  hello Ada  left=2 ${call} request_id=req-1`,
        `TIME info  hello Bob  left=2 ${call} request_id=req-2`,
        "",
      ].join("\n"),
    );
    expect((await micro("logs", back, "-n", "1", "--since", "1h")).stdout).toContain("hello Bob");
    expect((await micro("log", back, "-n", "1")).stdout).not.toContain("hello Ada");
    const [line = ""] = (await micro("log", back, "--json")).stdout.split("\n");
    expect(JSON.parse(line)).toMatchObject({
      message: "hello Ada",
      node: `${back}-1`,
      metadata: { left: "2" },
    });
  });

  test("when an error was logged then its stack is shown below", async () => {
    await greeter()
      .fail({})
      .catch(() => {});
    const lines = (await micro("log", back)).stdout.split("\n");
    expect(lines[0]).toMatch(/error .*Greeter\/Fail failed \([\da-f]{8}\): a bug {2}.*error="a bug"/);
    expect(lines[1]).toMatch(/^ {4}at /);
  });

  test("when a level is set then debug lines are written for that time", async () => {
    expect((await micro("log", back, "--level", "debug", "--for", "5m")).stdout).toMatch(
      /^127\.0\.0\.1:\d+: debug for 300 s, then info\n$/,
    );
    await greeter().hello({ text: "Ada" });
    expect((await micro("log", back)).stdout).toContain("looking it up");
    const { code, stderr } = await micro("log", back, "--level", "loud");
    expect([code, stderr]).toEqual([1, expect.stringContaining("there are debug info warn error")]);
  });

  test("--follow goes on until it is interrupted", async () => {
    terminal = createFakeTerminal();
    const running = main(["log", back, "--follow"], { terminal, connect });
    while (!terminal.stdout().includes("hello Ada")) await greeter().hello({ text: "Ada" });
    terminal.interrupt();
    expect(await running).toBe(130);
  });

  test.each([
    ["--count", "many"],
    ["--since", "yesterday"],
    ["--timeout", "soon"],
  ])("when %s is %s then the command line makes no sense", async (flag, value) => {
    const { code, stderr } = await micro("log", back, flag, value);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${flag} takes a`)]);
  });
});

test("micro trace prints the calls of one trace below each other, over all services", async () => {
  await greeter().hello({ text: "Ada" }, { metadata: { "micro-trace-id": "trace-1" } });
  await greeter().hello({ text: "Bob" }, { metadata: { "micro-trace-id": "trace-2" } });
  const { stdout } = await micro("trace", back, front, "--id", "trace-1");
  expect(steady(stdout)).toBe(
    [
      "trace trace-1",
      `TIME MS  greeter.Greeter/Hello  OK  ${front}`,
      `TIME MS    greeter.Greeter/Hello  OK  ${front} -> ${back}`,
      `TIME MS      greeter.Greeter/Hello  OK  ${back}`,
      "",
    ].join("\n"),
  );
  expect(JSON.parse((await micro("trace", front, "--json")).stdout).spans).toHaveLength(4);
});

test("when a service or its record is hostile then its words do not reach the terminal as commands", async () => {
  const nasty = "\u001b[2J\u009b31m\u202e\u2028\r\nforged";
  await start("go.micro.srv.evil", ({ server }) =>
    server.handle(
      {
        typeName: "Debug",
        methods: {
          log: hostile("Log", "serverStream"),
          stats: hostile("Stats", "unary"),
          trace: hostile("Trace", "unary"),
          health: hostile("Health", "unary"),
        },
      },
      {
        async *log() {
          const metadata = {
            level: nasty,
            time: nasty,
            [nasty]: nasty,
            error: `{"stack":"${nasty}\\n${nasty}"}`,
          };
          yield JSON.stringify({ timestamp: "1e99", message: nasty, metadata });
          yield JSON.stringify({ metadata: { error: JSON.stringify({ name: "E", stack: `E\n${nasty}` }) } });
        },
        stats: () => JSON.stringify({ memory: nasty, uptime: "1e99", started: nasty }),
        trace: () =>
          JSON.stringify({
            spans: [
              { started: nasty, duration: nasty, trace: nasty, name: nasty, metadata: { code: nasty } },
              {},
            ],
          }),
        health: () => JSON.stringify({ status: nasty }),
      },
    ),
  );
  const gone = { id: nasty, address: `127.0.0.1:1${nasty}`, metadata: { protocol: "grpc" } };
  await registry.register({
    name: "go.micro.srv.evil",
    version: nasty,
    metadata: {},
    endpoints: [],
    nodes: [gone],
  });
  for (const command of ["stats", "log", "trace", "health"]) {
    const { stdout, stderr } = await micro(command, "go.micro.srv.evil", "--timeout", "500ms");
    expect(`${stdout}${stderr}`.replace(/[\n\t]/g, ""), command).not.toMatch(
      /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u,
    );
    expect(`${stdout}${stderr}`, command).not.toMatch(/^forged/m);
  }
});

/** A method whose messages are JSON as it is. */
function hostile<Kind extends "unary" | "serverStream">(name: string, kind: Kind) {
  return { ...jsonMethod(`Debug/${name}`, kind), name };
}
