import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CallOptions, type Client, createClient } from "../../src/runtime/client/index.ts";
import type { Metadata } from "../../src/runtime/metadata/index.ts";
import { createServer } from "../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler, hellos, namesOf } from "../runtime/protocol/greeter.ts";

const run = promisify(execFile);
const folder = (path: string) => fileURLToPath(new URL(`grpc-python/${path}`, import.meta.url));
const python = folder(".venv/bin/python");

beforeAll(async () => {
  if (existsSync(python)) return;
  await run("python3", ["-m", "venv", folder(".venv")]);
  await run(python, ["-m", "pip", "install", "--quiet", "-r", folder("requirements.txt")]);
});

describe("Python's gRPC calls our server", () => {
  const answers = new Map<string, unknown>();
  const handler = new GreeterHandler();
  const server = createServer({
    name: "go.micro.srv.greeter",
    address: "127.0.0.1:0",
    transport: createTcpTransport(),
    logger: { error() {} },
  });

  beforeAll(async () => {
    server.handle(Greeter, handler);
    await server.start();
    const { stdout } = await run(python, [folder("peer.py"), "call", server.address as string]);
    for (const line of stdout.trim().split("\n")) {
      const { check, value } = JSON.parse(line) as { check: string; value: unknown };
      answers.set(check, value);
    }
  });
  afterAll(() => server.stop({ graceMs: 0 }));

  test.each([
    ["unary", { name: "Hello Ada" }],
    ["header", "ping"],
    ["trailer", "ping"],
    ["fail", ["INVALID_ARGUMENT", "no x – sorry 100%"]],
    ["unknown method", ["UNIMPLEMENTED", "unknown method Nope of greeter.Greeter"]],
    ["deadline", "DEADLINE_EXCEEDED"],
    ["too large", "RESOURCE_EXHAUSTED"],
    ["large", 3_145_734],
    ["gzip", 3006],
    ["deflate", "UNIMPLEMENTED"],
    ["server stream", ["1", "2", "3", "4", "5"]],
    ["client stream", { name: "a+b" }],
    ["bidi", ["you said a", "you said b"]],
    ["cancel", "CANCELLED"],
    ["cancel unary", true],
  ])("when it tries %s then it finds what gRPC promises", (check, expected) => {
    expect(answers.get(check)).toEqual(expected);
  });

  test("when it cancels then our handlers end", async () => {
    await handler.logged("forever aborted");
    await handler.logged("hang aborted: 499");
  });
});

describe("our client calls Python's gRPC", () => {
  const { methods } = Greeter;
  let peer: ChildProcess;
  let client: Client;
  let at: CallOptions;

  beforeAll(async () => {
    peer = spawn(python, [folder("peer.py"), "serve"], { stdio: ["pipe", "pipe", "inherit"] });
    const port = await new Promise<string>((resolve) =>
      peer.stdout?.once("data", (data: Buffer) => resolve(data.toString().trim())),
    );
    at = { address: `127.0.0.1:${port}` };
    client = createClient({ transport: createTcpTransport() });
  });
  afterAll(async () => {
    await client?.close();
    peer?.stdin?.end();
  });

  test("when a unary method is called then answer, header and trailer come back", async () => {
    const got: Record<string, string | undefined> = {};
    const options: CallOptions = {
      ...at,
      metadata: { echo: "ping" },
      onHeader: (header: Metadata) => {
        got.header = header.get("echo-header");
      },
      onTrailer: (trailer: Metadata) => {
        got.trailer = trailer.get("echo-trailer");
      },
    };
    expect(await client.unary("s", methods.hello, { name: "Ada" }, options)).toEqual({ name: "Hello Ada" });
    expect(got).toEqual({ header: "ping", trailer: "ping" });
  });

  test("when it fails then code and text arrive", async () => {
    await expect(client.unary("s", methods.fail, {}, at)).rejects.toMatchObject({
      code: 404,
      detail: "né 100%",
    });
  });

  test("when the deadline passes then the call ends", async () => {
    await expect(client.unary("s", methods.hang, {}, { ...at, timeoutMs: 200 })).rejects.toMatchObject({
      code: 408,
    });
  });

  test("when a message is 3 MiB then it passes both ways", async () => {
    const name = "x".repeat(3 * 1024 * 1024);
    expect((await client.unary("s", methods.hello, { name }, at)).name).toHaveLength(name.length + 6);
  });

  test("when messages stream then all three kinds work", async () => {
    expect(await namesOf(client.serverStream("s", methods.count, { name: "5" }, at))).toHaveLength(5);
    expect(await client.clientStream("s", methods.join, hellos("a", "b"), at)).toEqual({ name: "a+b" });
    expect(await namesOf(client.bidiStream("s", methods.chat, hellos("a", "bye"), at))).toEqual([
      "you said a",
    ]);
  });
});
