import { connect } from "node:http2";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createServer, type Server } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler } from "./greeter.ts";

let server: Server;

beforeEach(async () => {
  server = createServer({
    name: "go.micro.srv.greeter",
    address: "127.0.0.1:0",
    transport: createTcpTransport(),
    requestArrivalTimeoutMs: 50,
  });
  server.handle(Greeter, new GreeterHandler());
  await server.start();
});

afterEach(() => server.stop({ graceMs: 0 }));

/** Sends the headers of a call and nothing else; resolves to the gRPC status. */
async function statusOf(method: string, headers: Record<string, string> = {}): Promise<unknown> {
  const session = connect(`http://${server.address}`);
  const stream = session.request({
    ":method": "POST",
    ":path": `/greeter.Greeter/${method}`,
    "content-type": "application/grpc+json",
    ...headers,
  });
  try {
    return await new Promise((resolve, reject) => {
      stream.on("response", (response) => resolve(response["grpc-status"]));
      stream.on("error", reject);
    });
  } finally {
    session.destroy();
  }
}

test.each([
  ["a unary call", "Hello", {}],
  ["a unary call with a far deadline", "Hello", { "grpc-timeout": "1H" }],
  ["a server-streaming call", "Count", {}],
])("when the request of %s never comes then the call ends", async (_name, method, headers) => {
  expect(await statusOf(method, headers)).toBe("4");
});

test("when a stream of requests begins late then it is waited for", async () => {
  expect(await statusOf("Chat", { "grpc-timeout": "150m" })).toBe("4");
});
