import * as http2 from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { brotliCompressSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createClient } from "../../../src/runtime/client/index.ts";
import { frameMessage } from "../../../src/runtime/protocol/framing.ts";
import { createServer } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler, type Hello, HelloMessage, namesOf } from "./greeter.ts";

const NAME = "go.micro.srv.greeter";
const MESSAGES = 40;
/** A few bytes on the wire, a mebibyte when unfolded. */
const FRAME = frameMessage(brotliCompressSync(JSON.stringify({ name: "a".repeat(1024 * 1024) })), 1);
const BODY = Buffer.concat(Array.from({ length: MESSAGES }, () => FRAME));
const cleanups: (() => unknown)[] = [];

/** Messages unfolded so far. */
let unfolded: number;
/** How many they were when the event loop had its first turn after the first. */
let afterOneTurn: number;

beforeEach(() => {
  unfolded = 0;
  afterOneTurn = 0;
  const decode = HelloMessage.decode.bind(HelloMessage);
  const spy = vi.spyOn(HelloMessage, "decode").mockImplementation((...bytes) => {
    unfolded += 1;
    if (unfolded === 1) {
      setImmediate(() => {
        afterOneTurn = unfolded;
      });
    }
    return decode(...bytes);
  });
  cleanups.push(() => spy.mockRestore());
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Resolves when whatever is under way had many turns. */
async function quiet(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
}

/** A way to send the whole body at once to `Join`; resolves with the answer's bytes. */
type Upload = (address: string, contentType: string, encodingHeader: string) => Promise<string>;

const overHttp1: Upload = (address, contentType, encodingHeader) =>
  new Promise((resolve, reject) => {
    const [host, port] = address.split(":");
    const socket = connect(Number(port), host).on("error", reject);
    const head = [
      "POST /greeter.Greeter/Join HTTP/1.1",
      "Host: x",
      "Connection: close",
      `Content-Type: ${contentType}`,
      `${encodingHeader}: br`,
      `Content-Length: ${BODY.length}`,
    ];
    socket.write(Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), BODY]));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    socket.on("close", () => resolve(text));
  });

const overHttp2: Upload = (address, contentType, encodingHeader) =>
  new Promise((resolve, reject) => {
    const session = http2.connect(`http://${address}`).on("error", reject);
    const stream = session.request({
      ":method": "POST",
      ":path": "/greeter.Greeter/Join",
      "content-type": contentType,
      [encodingHeader]: "br",
      te: "trailers",
    });
    let text = "";
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
    });
    stream.on("trailers", (trailers) => {
      text += `grpc-status: ${trailers["grpc-status"]}`;
    });
    stream.on("error", reject).on("close", () => {
      session.close();
      resolve(text);
    });
    stream.end(BODY);
  });

describe.each([
  ["Connect on HTTP/1.1", overHttp1, "application/connect+proto", "connect-content-encoding"],
  ["gRPC-Web on HTTP/1.1", overHttp1, "application/grpc-web+proto", "grpc-encoding"],
  ["Connect on HTTP/2", overHttp2, "application/connect+proto", "connect-content-encoding"],
  ["gRPC-Web on HTTP/2", overHttp2, "application/grpc-web+proto", "grpc-encoding"],
  ["gRPC", overHttp2, "application/grpc+proto", "grpc-encoding"],
] as const)("a service whose caller sends small compressed messages over %s", (_, upload, type, encoding) => {
  async function serve(join: (requests: AsyncIterable<Hello>) => Promise<Hello>): Promise<string> {
    const server = createServer({ name: NAME, address: "127.0.0.1:0", transport: createTcpTransport() });
    server.handle(Greeter, Object.assign(new GreeterHandler(), { join }));
    await server.start();
    cleanups.push(() => server.stop({ graceMs: 0 }));
    return server.address as string;
  }

  test("when the handler is behind then they stay compressed, and all come in the end", async () => {
    let start!: () => void;
    const started = new Promise<void>((resolve) => {
      start = resolve;
    });
    let release!: () => void;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const address = await serve(async (requests) => {
      start();
      await released;
      return { name: `${(await namesOf(requests)).length} came` };
    });
    const answer = upload(address, type, encoding);
    await started;
    await expect.poll(() => unfolded).toBeGreaterThan(0);
    await quiet();
    expect(unfolded).toBe(1);
    release();
    expect(await answer).toContain(`${MESSAGES} came`);
    expect(unfolded).toBe(MESSAGES);
  });

  test("when the handler is fast then others have their turns in between", async () => {
    const address = await serve(async (requests) => ({ name: `${(await namesOf(requests)).length} came` }));
    expect(await upload(address, type, encoding)).toContain(`${MESSAGES} came`);
    expect(afterOneTurn).toBeLessThan(5);
  });

  test("when the handler leaves then the rest is not unfolded", async () => {
    const address = await serve(async (requests) => {
      for await (const _ of requests) break;
      await quiet();
      return { name: "enough" };
    });
    expect(await upload(address, type, encoding)).toContain("enough");
    await quiet();
    expect(unfolded).toBeLessThan(5);
  });
});

describe.each([
  ["grpc", "application/grpc", "grpc-encoding", undefined],
  [
    "grpc-web",
    "application/grpc-web+proto",
    "grpc-encoding",
    frameMessage(Buffer.from("grpc-status: 0\r\n"), 128),
  ],
  ["connect", "application/connect+proto", "connect-content-encoding", frameMessage(Buffer.from("{}"), 2)],
] as const)(
  "a client whose server sends small compressed messages over %s",
  (protocol, type, encoding, end) => {
    async function answers(): Promise<AsyncIterable<Hello>> {
      const server = http2.createServer();
      server.on("stream", (stream) => {
        const ending = { waitForTrailers: end === undefined };
        stream.respond({ ":status": 200, "content-type": type, [encoding]: "br" }, ending);
        stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
        stream.on("error", () => {});
        stream.end(end === undefined ? BODY : Buffer.concat([BODY, end]));
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      cleanups.push(() => server.close());
      const client = createClient({ transport: createTcpTransport(), retries: 0 });
      cleanups.push(() => client.close());
      const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      return client.serverStream(NAME, Greeter.methods.count, { name: "x" }, { address, protocol });
    }

    test("when the caller is behind then they stay compressed, and all come in the end", async () => {
      let came = 0;
      for await (const _ of await answers()) {
        came += 1;
        if (came > 1) continue;
        await quiet();
        expect(unfolded).toBeLessThan(4);
      }
      expect(came).toBe(MESSAGES);
    });

    test("when the caller is fast then others have their turns in between", async () => {
      expect(await namesOf(await answers())).toHaveLength(MESSAGES);
      expect(afterOneTurn).toBeLessThan(5);
    });

    test("when the caller leaves then the rest is not unfolded", async () => {
      for await (const _ of await answers()) break;
      await quiet();
      expect(unfolded).toBeLessThan(5);
    });
  },
);
