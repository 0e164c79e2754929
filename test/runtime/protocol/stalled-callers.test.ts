import { type ClientHttp2Session, connect as connectHttp2, constants } from "node:http2";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createServer, type Server } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler } from "./greeter.ts";

let server: Server;
let handler: GreeterHandler;
let client: ClientHttp2Session | undefined;

beforeEach(async () => {
  handler = new GreeterHandler();
  server = createServer({
    name: "go.micro.srv.greeter",
    address: "127.0.0.1:0",
    transport: createTcpTransport(),
    stallTimeoutMs: 200,
  });
  server.handle(Greeter, handler);
  await server.start();
});

afterEach(async () => {
  client?.destroy();
  await server.stop({ graceMs: 0 });
});

const HELLO = Buffer.from(JSON.stringify({ name: "x".repeat(1000) }));

function grpcCall(method: string) {
  client = connectHttp2(`http://${server.address}`, { settings: { initialWindowSize: 0 } });
  client.on("error", () => {});
  const stream = client.request({
    ":method": "POST",
    ":path": `/greeter.Greeter/${method}`,
    "content-type": "application/grpc+json",
    te: "trailers",
  });
  stream.on("error", () => {});
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(HELLO.length, 1);
  stream.end(Buffer.concat([prefix, HELLO]));
  return stream;
}

test.each(["Forever", "Hello"])(
  "when a gRPC caller of %s keeps its window shut then the call is reset and little was made for it",
  async (method) => {
    const stream = grpcCall(method);
    await new Promise((resolve) => stream.once("close", resolve));
    expect(stream.rstCode).toBe(constants.NGHTTP2_CANCEL);
    if (method === "Forever") await handler.logged("forever aborted");
    // Node 22 and later buffer four times as much as Node 20.
    expect(handler.forwarded).toBeLessThan(200);
  },
);
