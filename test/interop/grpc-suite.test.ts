import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer as createTcpServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createClient, createServer, createTcpTransport } from "@micro-service/runtime";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

import { registerTestServiceHandler } from "../fixtures/grpc-testing/expected/testing.service.ts";
import { goProgram } from "../support/go.ts";
import { pythonWithRequirements } from "../support/python.ts";
import { CASES } from "./grpc-suite/cases.ts";
import { createGrpcJsCaller } from "./grpc-suite/grpc-js-caller.ts";
import { startGrpcJsServer } from "./grpc-suite/grpc-js-server.ts";
import { createOurCaller } from "./grpc-suite/our-caller.ts";
import { testService } from "./grpc-suite/test-service.ts";

const run = promisify(execFile);
const VERSION = "v1.76.0";
const goClient = await goProgram("google.golang.org/grpc/interop/client", VERSION);
const goServer = await goProgram("google.golang.org/grpc/interop/server", VERSION);

const transport = createTcpTransport();
const server = createServer({ name: "interop", address: "127.0.0.1:0", transport, logger: { error() {} } });
const client = createClient({ transport });
beforeAll(async () => {
  registerTestServiceHandler(server, testService);
  await server.start();
});
afterAll(async () => {
  await client.close();
  await server.stop({ graceMs: 0 });
  await Promise.all([goClient.remove(), goServer.remove()]);
});

describe("our client and our server", () => {
  test.each(Object.entries(CASES))("%s", (_, check) =>
    check(createOurCaller(client, server.address as string)),
  );
});

describe("the client of @grpc/grpc-js and our server", () => {
  let caller: ReturnType<typeof createGrpcJsCaller>;
  beforeAll(() => {
    caller = createGrpcJsCaller(server.address as string);
  });
  afterAll(() => caller.close());
  test.each(Object.entries(CASES))("%s", (_, check) => check(caller));
});

describe("our client and a server of @grpc/grpc-js", () => {
  let peer: Awaited<ReturnType<typeof startGrpcJsServer>>;
  beforeAll(async () => {
    peer = await startGrpcJsServer();
  });
  afterAll(() => peer.stop());
  test.each(Object.entries(CASES))("%s", (_, check) =>
    check(createOurCaller(client, `127.0.0.1:${peer.port}`)),
  );
});

/** Those of grpc-go's client that need no cloud and no mesh. */
const NAMES = [
  "empty_unary",
  "large_unary",
  "client_streaming",
  "server_streaming",
  "ping_pong",
  "empty_stream",
  "timeout_on_sleeping_server",
  "cancel_after_begin",
  "cancel_after_first_response",
  "status_code_and_message",
  "special_status_message",
  "custom_metadata",
  "unimplemented_method",
  "unimplemented_service",
];

describe.skipIf(goClient.path === undefined)(`grpc-go's interop ${goClient.name} and our server`, () => {
  test.each(NAMES)("%s", async (name) => {
    const port = server.address?.split(":")[1] as string;
    const args = ["--server_host=127.0.0.1", `--server_port=${port}`, `--test_case=${name}`];
    // Says what it did only when asked to.
    const env = { ...process.env, GRPC_GO_LOG_SEVERITY_LEVEL: "info" };
    const { stderr } = await run(goClient.path as string, args, { timeout: 60_000, env });
    expect(stderr).toMatch(/ done\b/);
  });
});

describe.skipIf(goServer.path === undefined)(`our client and grpc-go's interop ${goServer.name}`, () => {
  let child: ChildProcess;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    child = spawn(goServer.path as string, [`--port=${port}`], { stdio: "ignore" });
    await vi.waitFor(async () => expect(await answers(port)).toBe(true), 10_000);
  });
  afterAll(async () => {
    child.kill();
    await once(child, "exit");
  });
  test.each(Object.entries(CASES))("%s", (_, check) => check(createOurCaller(client, `127.0.0.1:${port}`)));
});

describe("Python's gRPC", () => {
  const folder = fileURLToPath(new URL("grpc-suite/python/", import.meta.url));
  const protos = fileURLToPath(new URL("../fixtures/grpc-testing/", import.meta.url));
  const peer = join(folder, "peer.py");
  let python: string;
  let child: ChildProcess;
  let port: string;
  beforeAll(async () => {
    python = await pythonWithRequirements(folder);
    child = spawn(python, [peer, protos, "serve"], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
    port = line.toString().trim();
  });
  afterAll(async () => {
    child.kill();
    await once(child, "exit");
  });

  test.each(Object.entries(CASES))("as the server of our client: %s", (_, check) =>
    check(createOurCaller(client, `127.0.0.1:${port}`)),
  );

  test.each(NAMES)("as the client of our server: %s", async (name) => {
    const ours = server.address?.split(":")[1] as string;
    const { stdout } = await run(python, [peer, protos, "call", ours, name], { timeout: 60_000 });
    expect(stdout).toBe("held\n");
  });
});

async function freePort(): Promise<number> {
  const listener = createTcpServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  listener.close();
  await once(listener, "close");
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
