import { connect, type Socket } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createServer, type Server } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler } from "./greeter.ts";

let server: Server;
let handler: GreeterHandler;
const sockets: Socket[] = [];

beforeEach(async () => {
  handler = new GreeterHandler();
  server = createServer({
    name: "go.micro.srv.greeter",
    address: "127.0.0.1:0",
    transport: createTcpTransport(),
    requestArrivalTimeoutMs: 500,
    logger: { error() {} },
  });
  server.handle(Greeter, handler);
  await server.start();
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.stop({ graceMs: 0 });
});

function dial(bytes: string | Uint8Array): Socket {
  const [host, port] = (server.address as string).split(":");
  const socket = connect(Number(port), host);
  sockets.push(socket);
  socket.on("error", () => {});
  socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  return socket;
}

/** Everything that comes until the connection ends. */
function heard(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    socket.on("close", () => resolve(text));
  });
}

const count = (text: string, what: RegExp) => text.match(what)?.length ?? 0;

/** Somebody else is answered as ever. */
async function othersAreServed(): Promise<void> {
  const response = await fetch(`http://${server.address}/greeter.Greeter/Hello`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"name":"Ada"}',
  });
  expect(await response.json()).toEqual({ name: "Hello Ada" });
}

describe("a request on HTTP/1.1 that a proxy in front may read in another way", () => {
  const POST = "POST /greeter.Greeter/Hello HTTP/1.1\r\n";
  const TYPE = "Host: x\r\nContent-Type: application/json\r\n";
  /** Read as a second request by whoever ends the first one elsewhere. */
  const SMUGGLED = `${POST}${TYPE}Connection: close\r\nContent-Length: 18\r\n\r\n{"name":"smuggled"}`;

  test.each([
    ["a length and chunks", `${TYPE}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["chunks and a length", `${TYPE}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n`],
    ["two lengths", `${TYPE}Content-Length: 2\r\nContent-Length: 0\r\n\r\n{}`],
    ["two lengths in one line", `${TYPE}Content-Length: 2, 0\r\n\r\n{}`],
    ["a length with a sign", `${TYPE}Content-Length: +2\r\n\r\n{}`],
    ["a hexadecimal length", `${TYPE}Content-Length: 0x2\r\n\r\n{}`],
    ["a length too long for a number", `${TYPE}Content-Length: 18446744073709551618\r\n\r\n{}`],
    ["a space before the colon", `${TYPE}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
    ["chunks that are not the last encoding", `${TYPE}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`],
    ["an encoding nobody knows", `${TYPE}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ["a folded header", `${TYPE}X: a\r\n Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n`],
    ["a line that ends in CR alone", `${TYPE}X: a\rContent-Length: 2\r\n\r\n{}`],
    ["a NUL in a value", `${TYPE}X: a\0b\r\nContent-Length: 0\r\n\r\n`],
    ["a space in a name", `${TYPE}Content Length: 2\r\n\r\n{}`],
    ["a size of a chunk beyond counting", `${TYPE}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n`],
    ["a negative size of a chunk", `${TYPE}Transfer-Encoding: chunked\r\n\r\n-1\r\n`],
    ["a size of a chunk with 0x", `${TYPE}Transfer-Encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n`],
    ["a chunk without its end", `${TYPE}Transfer-Encoding: chunked\r\n\r\n2\r\n{}X\r\n0\r\n\r\n`],
  ])("with %s is refused, and nothing behind it is a request", async (_, rest) => {
    const text = await heard(dial(`${POST}${rest}${SMUGGLED}`));
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(count(text, /HTTP\/1\.1 \d+/g)).toBe(1);
    expect(text).not.toContain("smuggled");
    await othersAreServed();
  });

  test("with a line that ends in LF alone has one meaning at most", async () => {
    const text = await heard(dial(`${POST}${TYPE}Content-Length: 0\nX: y\r\n\r\n${SMUGGLED}`));
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).not.toContain("smuggled");
  });
});

describe("requests that waste time on HTTP/1.1", () => {
  const STREAM = "Host: x\r\nContent-Type: application/connect+json\r\nTransfer-Encoding: chunked\r\n\r\n";
  const UNARY = "Host: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

  test("when trailers come drop by drop then the call ends in time", async () => {
    const socket = dial(`POST /greeter.Greeter/Hello HTTP/1.1\r\n${UNARY}2\r\n{}\r\n0\r\n`);
    const dripping = setInterval(() => socket.write("x: y\r\n"), 50);
    const text = await heard(socket);
    clearInterval(dripping);
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(text).toContain("the request did not arrive within 500 ms");
  });

  test("when trailers never end then the connection does", async () => {
    const socket = dial(`POST /greeter.Greeter/Join HTTP/1.1\r\n${STREAM}0\r\n`);
    for (let line = 0; line < 2000; line++) socket.write(`x-${line}: ${"y".repeat(50)}\r\n`);
    // Node's own words for header fields that are too many, of trailers too.
    expect(await heard(socket)).toMatch(/^(?:HTTP\/1\.1 431 |$)/);
    await handler.logged("join failed: 499");
  });

  test("when the extension of a chunk never ends then the connection does", async () => {
    const socket = dial(`POST /greeter.Greeter/Hello HTTP/1.1\r\n${UNARY}2;`);
    for (let part = 0; part < 40; part++) socket.write("x".repeat(1000));
    expect(await heard(socket)).toMatch(/^HTTP\/1\.1 413 /);
  });

  test.each(["CONNECT", "TRACE", "PRI"])("when the method is %s then no call is made", async (method) => {
    const text = await heard(
      dial(`${method} /greeter.Greeter/Hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    );
    expect(text).not.toContain(" 200 ");
    await othersAreServed();
  });

  test("when another protocol is asked for then HTTP/1.1 goes on", async () => {
    const ask = "Connection: upgrade, close, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n";
    const text = await heard(
      dial(
        `POST /greeter.Greeter/Hello HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${ask}Content-Length: 2\r\n\r\n{}`,
      ),
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("when the message of a Connect GET is longer than any URL then it is refused", async () => {
    const query = `encoding=json&base64=1&message=${"A".repeat(20_000)}`;
    const text = await heard(
      dial(`GET /greeter.Greeter/Hello?${query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
    );
    expect(text).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe("frames of messages that make no sense", () => {
  const frame = (flags: number, bytes: Uint8Array, length = bytes.length) => {
    const prefix = Buffer.alloc(5);
    prefix[0] = flags;
    prefix.writeUInt32BE(length, 1);
    return Buffer.concat([prefix, bytes]);
  };
  const NOTHING = Buffer.alloc(0);
  const JSON_BYTES = Buffer.from('{"name":"x"}');
  const LARGE = Buffer.from(JSON.stringify({ name: "x".repeat(5_000_000) }));
  /** Two members of gzip, one after the other: together beyond the limit, each within. */
  const TWICE = gzipSync(Buffer.alloc(3_000_000, " "));

  const BAD: readonly (readonly [string, string, Buffer])[] = [
    ["a flag nobody knows", "identity", frame(4, JSON_BYTES)],
    ["all flags", "gzip", frame(255, gzipSync(JSON_BYTES))],
    ["the flag for compression and no compression", "identity", frame(1, JSON_BYTES)],
    ["the flag for compression on plain bytes", "gzip", frame(1, JSON_BYTES)],
    ["nothing, compressed", "gzip", frame(1, NOTHING)],
    ["a compressed message that breaks off", "gzip", frame(1, gzipSync(JSON_BYTES).subarray(0, 15))],
    ["another compression than said", "br", frame(1, gzipSync(JSON_BYTES))],
    ["more when unfolded than allowed", "gzip", frame(1, gzipSync(LARGE))],
    ["more when unfolded than allowed, by brotli", "br", frame(1, brotliCompressSync(LARGE))],
    ["more than allowed in two parts", "gzip", frame(1, Buffer.concat([TWICE, TWICE]))],
    ["a length of 4 GiB", "identity", frame(0, JSON_BYTES, 0xffffffff)],
    ["half a prefix", "identity", Buffer.from([0, 0, 0])],
    ["less than the length says", "identity", frame(0, JSON_BYTES, 100)],
    ["two requests", "identity", Buffer.concat([frame(0, JSON_BYTES), frame(0, JSON_BYTES)])],
    ["no request", "identity", NOTHING],
    ["a request that is no JSON", "identity", frame(0, Buffer.from("\xff\xfe{", "latin1"))],
    ["JSON nested beyond reason", "identity", frame(0, Buffer.from("[".repeat(1_000_000)))],
  ];

  const WAYS = [
    ["application/grpc-web+json", "grpc-encoding", (body: Buffer) => body, /grpc-status: (?!0)\d/],
    [
      "application/grpc-web-text+json",
      "grpc-encoding",
      (body: Buffer) => Buffer.from(body.toString("base64")),
      /grpc-status: (?!0)\d/,
    ],
    ["application/connect+json", "connect-content-encoding", (body: Buffer) => body, /"error":\{"code":/],
  ] as const;

  describe.each(WAYS)("as %s", (type, encodingHeader, wrap, isRefused) => {
    test.each(BAD)("%s: the caller is told, and the server lives", async (_, encoding, body) => {
      const wrapped = wrap(body);
      const path = type.startsWith("application/connect") ? "Count" : "Hello";
      const head = `POST /greeter.Greeter/${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${type}\r\n${encodingHeader}: ${encoding}\r\nContent-Length: ${wrapped.length}\r\n\r\n`;
      const text = await heard(dial(Buffer.concat([Buffer.from(head), wrapped])));
      expect(text).toMatch(/^HTTP\/1\.1 200 /);
      const answer = type.includes("-text")
        ? Buffer.from(
            text.slice(text.indexOf("\r\n\r\n") + 4).replace(/[\r\n]+[0-9a-f]+\r\n|^[0-9a-f]+\r\n/g, ""),
            "base64",
          ).toString("latin1")
        : text;
      expect(answer).toMatch(isRefused);
      await othersAreServed();
    });
  });

  test.each([
    "A",
    "AA",
    "AAA",
    "=",
    "====",
    "AA=A",
    "A===",
    "AAAA AAAA",
    "AAAA\r\nAAAA",
    "AA-_",
    "\xff\xff\xff\xff",
  ])("when the text of gRPC-Web is %j then the caller is told, and the server lives", async (text) => {
    const head = `POST /greeter.Greeter/Hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/grpc-web-text+json\r\nContent-Length: ${text.length}\r\n\r\n`;
    const answer = await heard(dial(head + text));
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    await othersAreServed();
  });
});

describe("frames of HTTP/2 in floods", () => {
  const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  const frame = (type: number, flags: number, stream: number, payload: Uint8Array = Buffer.alloc(0)) => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head[3] = type;
    head[4] = flags;
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, payload]);
  };
  const SETTINGS = frame(4, 0, 0);
  const literal = (name: string, value: string) =>
    Buffer.concat([
      Buffer.from([0, name.length]),
      Buffer.from(name),
      Buffer.from([value.length]),
      Buffer.from(value),
    ]);
  const REQUEST = Buffer.concat([
    Buffer.from([0x83, 0x86]),
    literal(":path", "/greeter.Greeter/Hang"),
    literal(":authority", "x"),
    literal("content-type", "application/grpc+json"),
  ]);
  const MESSAGE = frame(0, 1, 1, Buffer.concat([Buffer.from([0, 0, 0, 0, 2]), Buffer.from("{}")]));
  const open = Buffer.concat([PREFACE, SETTINGS]);
  const many = (one: Uint8Array, times: number) => Buffer.concat(Array.from({ length: times }, () => one));

  /** Floods whose answers are never read: what we would answer must not pile up. */
  test.each([
    [
      "CONTINUATION that never ends",
      Buffer.concat([frame(1, 0, 1, REQUEST), many(frame(9, 0, 1, literal("x", "y")), 20_000)]),
    ],
    ["CONTINUATION of nothing", Buffer.concat([frame(1, 0, 1, REQUEST), many(frame(9, 0, 1), 20_000)])],
    ["PING", many(frame(6, 0, 0, Buffer.alloc(8)), 100_000)],
    ["SETTINGS", many(frame(4, 0, 0, Buffer.from([0, 4, 0, 1, 0, 0])), 100_000)],
    [
      "a header that fills the table, and is named again and again",
      frame(
        1,
        4,
        1,
        Buffer.concat([
          Buffer.from([0x83, 0x86]),
          literal(":path", "/greeter.Greeter/Hang"),
          Buffer.from([0x40, 1]),
          Buffer.from("x"),
          Buffer.from([127, 0xe1, 30]),
          Buffer.alloc(4000, "y"),
          Buffer.alloc(10_000, 0xbe),
        ]),
      ),
    ],
    ["PUSH_PROMISE from a client", frame(5, 4, 1, Buffer.concat([Buffer.from([0, 0, 0, 2]), REQUEST]))],
    [
      "padding longer than its frame",
      Buffer.concat([frame(1, 4, 1, REQUEST), frame(0, 8, 1, Buffer.from([200, 1]))]),
    ],
    [
      "a window beyond its limit",
      Buffer.concat([
        frame(8, 0, 0, Buffer.from([0x7f, 255, 255, 255])),
        frame(8, 0, 0, Buffer.from([0x7f, 255, 255, 255])),
      ]),
    ],
    ["a window of 4 GiB", frame(4, 0, 0, Buffer.from([0, 4, 255, 255, 255, 255]))],
    ["a frame size of nothing", frame(4, 0, 0, Buffer.from([0, 5, 0, 0, 0, 0]))],
  ])(
    "when a peer sends %s and reads nothing then its connection ends and others are served",
    async (_, flood) => {
      const socket = dial(Buffer.concat([open, flood]));
      socket.pause();
      const closed = new Promise((resolve) => socket.on("close", resolve));
      await othersAreServed();
      // Reading at last: the end of the connection is behind what was sent before it.
      setTimeout(() => socket.resume(), 100);
      await closed;
    },
    15_000,
  );

  test("when a peer makes us reset its streams then it is cut off as if it had done so itself", async () => {
    const begun = vi.spyOn(server.dispatcher, "begin");
    const socket = dial(open);
    const closed = heard(socket);
    for (let id = 1; id < 20_000 && !socket.destroyed; id += 2) {
      socket.write(
        Buffer.concat([
          frame(1, 4, id, REQUEST),
          // An increment of 0 is an error of the stream (RFC 9113 section 6.9).
          frame(8, 0, id, Buffer.alloc(4)),
        ]),
      );
      if (id % 200 === 1) await new Promise(setImmediate);
    }
    await closed;
    expect(begun.mock.calls.length).toBeLessThan(2000);
    await othersAreServed();
  });

  test("when a call is followed by a wrong frame on its stream then it ends as cancelled", async () => {
    const socket = dial(Buffer.concat([open, frame(1, 4, 1, REQUEST), MESSAGE]));
    await handler.logged("hang started");
    socket.write(frame(8, 0, 1, Buffer.alloc(4)));
    await handler.logged("hang aborted: 499");
  });
});
