import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { createNodeHttp2Engine } from "../../../src/runtime/http2/index.ts";
import {
  createHttpServer,
  createJsonServer,
  createPagesServer,
  jsonPage,
  type ServerProtocol,
} from "../../../src/runtime/protocol/index.ts";
import { createServer } from "../../../src/runtime/server/index.ts";
import { createTcpTransport, type Listener } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler } from "./greeter.ts";

let listener: Listener;
let protocol: ServerProtocol;

async function start(options: {
  headersTimeoutMs?: number;
  requestTimeoutMs?: number;
  keepAliveTimeoutMs?: number;
}) {
  const server = createServer({ name: "s", logger: { error() {} } });
  server.handle(Greeter, new GreeterHandler());
  const { requestTimeoutMs = 60_000, ...http1 } = options;
  const pages = createPagesServer({ "/healthz": () => jsonPage(200, { status: "ok" }) });
  const json = createJsonServer(server.dispatcher, { arrivalTimeoutMs: requestTimeoutMs });
  const engine = createNodeHttp2Engine();
  protocol = createHttpServer([pages, json], { engine, http1, serviceName: "s" }).http1;
  listener = await createTcpTransport().listen("127.0.0.1:0", (connection, remote) =>
    protocol.accept(connection, remote),
  );
}

afterEach(async () => {
  protocol.destroy();
  await listener.close();
});

/** Sends text and resolves when the server ends the connection, with what it said. */
function untilClosed(text: string): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(Number(listener.address.split(":")[1]), "127.0.0.1", () => socket.write(text));
    socket.on("data", (data) => {
      said += data;
    });
    socket.on("error", () => {});
    socket.on("close", () => resolve(said));
  });
}

test("when headers do not arrive in time then the connection is closed", async () => {
  await start({ headersTimeoutMs: 100 });
  expect(await untilClosed("GET /healthz HTTP/1.1\r\nHost: ")).toContain("408");
});

test("when a body does not arrive in time then the connection is closed", async () => {
  await start({ headersTimeoutMs: 100, requestTimeoutMs: 200 });
  const said = await untilClosed(
    "POST /greeter.Greeter/Hello HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{",
  );
  expect(said).toContain("HTTP/1.1 408 ");
});

test("when a caller is told how long a connection is kept then it is what was asked for, not the moment longer", async () => {
  await start({ keepAliveTimeoutMs: 3000 });
  const response = await fetch(`http://${listener.address}/healthz`);
  expect(response.headers.get("keep-alive")).toBe("timeout=3");
  await response.text();
});

test("when a connection is idle then it is closed", async () => {
  await start({ keepAliveTimeoutMs: 100 });
  expect(await untilClosed("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")).toContain('{"status":"ok"}');
});
