import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from "node:http2";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createServer, type Server } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler } from "./greeter.ts";

let server: Server;
let session: ClientHttp2Session;

beforeEach(async () => {
  server = createServer({
    name: "go.micro.srv.greeter",
    address: "127.0.0.1:0",
    transport: createTcpTransport(),
    requestArrivalTimeoutMs: 300,
    logger: { error() {} },
  });
  server.handle(Greeter, new GreeterHandler());
  await server.start();
  session = connect(`http://${server.address}`);
});

afterEach(async () => {
  session.destroy();
  await server.stop({ graceMs: 0 });
});

/** One request; resolves with the headers and the body of its answer. */
function ask(headers: Record<string, string>, body: Uint8Array): Promise<[IncomingHttpHeaders, string]> {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers, { endStream: false });
    let answer: IncomingHttpHeaders = {};
    let text = "";
    stream.on("response", (response) => {
      answer = response;
    });
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
    });
    stream.on("close", () => resolve([answer, text]));
    stream.on("error", reject);
    stream.end(body);
  });
}

test.each([
  ["/healthz", 200],
  ["/readyz", 200],
])("when a probe asks for %s on HTTP/2 then it is answered as on HTTP/1.1", async (path, status) => {
  const [headers, text] = await ask({ ":method": "GET", ":path": path }, new Uint8Array(0));
  expect([headers[":status"], text]).toEqual([status, '{"status":"ok"}']);
});

test("when a caller on HTTP/2 says anything at all then it is answered, and so are others", async () => {
  const contentType = fc.constantFrom(
    "application/json",
    "application/connect+json",
    "application/grpc-web-text",
    "application/grpc-web+json",
    "application/grpc",
    "application/grpc+json",
    "application/proto",
    "a/b",
  );
  const header = fc.tuple(
    fc.constantFrom(
      "connect-timeout-ms",
      "grpc-timeout",
      "content-encoding",
      "grpc-encoding",
      "connect-protocol-version",
      "x-bin",
    ),
    fc.stringMatching(/^[!-~]{1,12}$/),
  );
  const path = fc.constantFrom(
    "/greeter.Greeter/Count",
    "/greeter.Greeter/Hello?encoding=json&message=%",
    "/",
    "/a/b/c",
    "/%00",
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("POST", "GET", "OPTIONS", "PUT"),
      path,
      contentType,
      fc.array(header, { maxLength: 3 }),
      fc.uint8Array({ maxLength: 60 }),
      async (method, target, type, headers, body) => {
        const [answer] = await ask(
          { ":method": method, ":path": target, "content-type": type, ...Object.fromEntries(headers) },
          body,
        );
        expect(answer[":status"]).toBeGreaterThanOrEqual(200);
      },
    ),
    { numRuns: 200 },
  );
  const hello = { ":method": "POST", ":path": "/greeter.Greeter/Hello", "content-type": "application/json" };
  expect((await ask(hello, Buffer.from('{"name":"Ada"}')))[1]).toBe('{"name":"Hello Ada"}');
});
