import { createServer, type Http2Server } from "node:http2";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { addAbortSignal } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Client, createClient } from "../../../src/runtime/client/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, namesOf } from "./greeter.ts";

let peer: Server | Http2Server;
let client: Client;

beforeEach(() => {
  client = createClient({ transport: createTcpTransport(), retries: 0 });
});

afterEach(async () => {
  await client.close();
  peer.close();
});

async function listening(server: Server | Http2Server): Promise<string> {
  peer = server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("when a JSON peer switches protocols instead of answering then the call fails", async () => {
  const address = await listening(
    createTcpServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => {
        socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
      });
    }),
  );
  const call = client.unary("any", Greeter.methods.hello, {}, { address, protocol: "json" });
  await expect(call).rejects.toMatchObject({ code: 503 });
});

test("when a gRPC peer ends a stream inside a message and says all is well then the call fails", async () => {
  const server = createServer();
  server.on("stream", (stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc+proto" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.from([0, 0, 0, 0, 9, 1]));
    stream.resume();
  });
  const address = await listening(server);
  const call = namesOf(client.serverStream("any", Greeter.methods.count, {}, { address }));
  await expect(call).rejects.toMatchObject({ code: 500, detail: "the response ends inside a message" });
});

test.each(["connect", "json"])(
  "when a %s peer gives up in the middle of its answer then half of it is not taken for the whole",
  async (protocol) => {
    const server = createServer();
    server.on("stream", (stream) => {
      stream.on("error", () => {});
      stream.respond({ ":status": 200, "content-type": "application/json" });
      stream.write('{"name":"half"}');
      // Resets without ending: what came reads like a whole message.
      setTimeout(() => addAbortSignal(AbortSignal.abort(), stream), 20);
    });
    const address = await listening(server);
    const patient = createClient({ transport: createTcpTransport(), retries: 0, httpVersion: "2" });
    const options = { address, protocol, contentType: "application/json" };
    await expect(patient.unary("any", Greeter.methods.hello, {}, options)).rejects.toMatchObject({
      code: 499,
    });
    await patient.close();
  },
);
