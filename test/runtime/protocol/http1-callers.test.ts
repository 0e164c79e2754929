import { connect, type Socket } from "node:net";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Context, currentContext } from "../../../src/runtime/context/index.ts";
import { createServer, type Server } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler } from "./greeter.ts";

let server: Server;
let handler: GreeterHandler;
/** Takes the place of the handler's own. */
let join: GreeterHandler["join"] | undefined;
const sockets: Socket[] = [];

beforeEach(async () => {
  join = undefined;
  handler = new (class extends GreeterHandler {
    override join(...call: Parameters<GreeterHandler["join"]>) {
      return join?.(...call) ?? super.join(...call);
    }
  })();
  server = createServer({
    name: "go.micro.srv.greeter",
    address: "127.0.0.1:0",
    transport: createTcpTransport(),
    stallTimeoutMs: 200,
    requestArrivalTimeoutMs: 300,
    logger: { error() {} },
  });
  server.handle(Greeter, handler);
  await server.start();
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.stop({ graceMs: 0 });
});

/** A caller that says exactly these bytes. */
function dial(bytes: string | Uint8Array): Socket {
  const [host, port] = (server.address as string).split(":");
  const socket = connect(Number(port), host);
  sockets.push(socket);
  socket.on("error", () => {});
  socket.write(bytes);
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

const head = (method: string, headers: string) =>
  `POST /greeter.Greeter/${method} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;
const CONNECT = "Content-Type: application/json\r\nConnect-Protocol-Version: 1\r\n";
const STREAM = "Content-Type: application/connect+json\r\nTransfer-Encoding: chunked\r\n";
const chunk = (bytes: string) => `${bytes.length.toString(16)}\r\n${bytes}\r\n`;
const message = (json: string) => `\0\0\0${String.fromCharCode(json.length >> 8, json.length & 255)}${json}`;

describe("a caller on HTTP/1.1", () => {
  test("when it takes nothing of a stream then the connection is cut and little was made for it", async () => {
    const name = "x".repeat(10_000);
    const socket = dial(
      Buffer.from(`${head("Forever", STREAM)}${chunk(message(JSON.stringify({ name })))}0\r\n\r\n`, "latin1"),
    );
    socket.pause();
    await handler.logged("forever aborted");
    expect(handler.forwarded).toBeLessThan(1500);
  });

  test("when the rest of its request never comes then it is told so, and the connection ends", async () => {
    const text = await heard(dial(`${head("Hello", `${CONNECT}Content-Length: 10\r\n`)}{`));
    expect(text).toMatch(/^HTTP\/1\.1 504 /);
    expect(text).toContain('"code":"deadline_exceeded"');
  });

  test("when it sends requests ahead then they are answered one after another, in their order", async () => {
    const hello = (name: string) => {
      const body = JSON.stringify({ name });
      return `${head("Hello", `${CONNECT}Content-Length: ${body.length}\r\n`)}${body}`;
    };
    const names = Array.from({ length: 30 }, (_, i) => `<${i}>`);
    const last = head("Hello", `${CONNECT}Connection: close\r\nContent-Length: 2\r\n`);
    const text = await heard(dial(`${names.map(hello).join("")}${last}{}`));
    expect(text.match(/<\d+>/g)).toEqual(names);
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(31);
  });

  test("when it sends requests ahead and leaves then none of them is worked on any more", async () => {
    const hang = `${head("Hang", `${CONNECT}Content-Length: 2\r\n`)}{}`;
    const socket = dial(hang.repeat(30));
    await handler.logged("hang started");
    socket.destroy();
    await handler.logged("hang aborted: 499");
    await expect(server.stop({ graceMs: 60_000 })).resolves.toBeUndefined();
    expect(handler.log).toEqual(["hang started", "hang aborted: 499"]);
  });

  test.each([
    ["more requests than anybody sends ahead", "GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(200)],
    [
      "a large request ahead",
      `${head("Hello", `${CONNECT}Content-Length: 1000000\r\n`)}${" ".repeat(1_000_000)}`,
    ],
  ])(
    "when it sends %s then the connection is cut, and what it asked for first is cancelled",
    async (_, more) => {
      const socket = dial(`${head("Hang", `${CONNECT}Content-Length: 2\r\n`)}{}${more}`);
      await handler.logged("hang aborted: 499");
      expect(await heard(socket)).toBe("");
    },
  );

  test("when it leaves in the middle of its stream then the handler hears of it", async () => {
    const socket = dial(`${head("Join", STREAM)}${chunk(message('{"name":"a"}'))}`);
    await handler.logged("joined a");
    socket.destroy();
    await handler.logged("join failed: 499");
  });

  test.each([10, 1000, 40_000])(
    "when it sends messages of %i bytes to a handler that reads none, and leaves, then the handler hears of it",
    async (size) => {
      join = async () => {
        const { signal } = currentContext() as Context;
        handler.note("join started");
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        handler.note(`join left: ${signal.reason.code}`);
        return { name: "" };
      };
      const socket = dial(head("Join", STREAM));
      await handler.logged("join started");
      const one = chunk(message(JSON.stringify({ name: "x".repeat(size) })));
      socket.write(Buffer.from(one.repeat(Math.min(500, 800_000 / one.length)), "latin1"), () =>
        socket.end(),
      );
      await handler.logged("join left: 499");
    },
  );

  test("when it sends more than a mebibyte ahead of the handler then it has to wait", async () => {
    let release!: () => void;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    join = async (requests) => {
      handler.note("join started");
      await released;
      let came = 0;
      for await (const _ of requests) came += 1;
      return { name: `${came} came` };
    };
    const socket = dial(head("Join", `${STREAM}Connection: close\r\n`));
    await handler.logged("join started");
    const one = Buffer.from(chunk(message(JSON.stringify({ name: "x".repeat(60_000) }))), "latin1");
    // More than the kernel holds on both sides of a connection.
    for (let sent = 0; sent < 500; sent++) socket.write(one);
    for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
    expect(socket.writableLength).toBeGreaterThan(1_000_000);
    release();
    socket.write("0\r\n\r\n");
    expect(await heard(socket)).toContain("500 came");
  });

  test("when it sends on after the answer then it has the answer, and the connection ends all the same", async () => {
    const socket = dial(head("Bye", `${CONNECT}Content-Length: 1000000000\r\n`));
    const sending = setInterval(() => socket.write("x".repeat(10_000)), 5);
    const text = await heard(socket);
    clearInterval(sending);
    expect(text).toMatch(/^HTTP\/1\.1 404 /);
    expect(text).toContain('"code":"unimplemented"');
  });

  test("when a refused request was read to its end then the connection carries the next one", async () => {
    const refused = `${head("Bye", `${CONNECT}Content-Length: 2\r\n`)}{}`;
    const good = `${head("Hello", `${CONNECT}Content-Length: 14\r\nConnection: close\r\n`)}{"name":"Ada"}`;
    const text = await heard(dial(refused + good));
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 404", "HTTP/1.1 200"]);
  });

  test("when a call ends inside a message then it is told so", async () => {
    const text = await heard(
      dial(`${head("Join", `${STREAM}Connection: close\r\n`)}${chunk("\0\0\0\0\x09{")}0\r\n\r\n`),
    );
    expect(text).toContain("the request ends inside a message");
  });

  test("when it says anything at all then the server lives and answers others", async () => {
    const contentType = fc.constantFrom(
      "application/json",
      "application/connect+json",
      "application/grpc-web-text",
      "application/grpc-web+json",
      "application/grpc",
      "application/proto",
      "a/b",
    );
    const header = fc.tuple(
      fc.constantFrom(
        "connect-timeout-ms",
        "grpc-timeout",
        "content-encoding",
        "connect-content-encoding",
        "trailer-x",
        "x-bin",
      ),
      fc.stringMatching(/^[ -~]{0,12}$/),
    );
    const path = fc.constantFrom(
      "greeter.Greeter/Count",
      "greeter.Greeter/Hello?encoding=json&message=%",
      "",
      "a/b/c",
      "%00",
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("POST", "GET", "OPTIONS", "HEAD"),
        path,
        contentType,
        fc.array(header, { maxLength: 3 }),
        fc.uint8Array({ maxLength: 60 }),
        async (method, target, type, headers, body) => {
          const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
          const start = `${method} /${target} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\n${lines}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
          const text = await heard(dial(Buffer.concat([Buffer.from(start), body])));
          expect(text).toMatch(/^HTTP\/1\.1 [2-5]\d\d /);
        },
      ),
      { numRuns: 150 },
    );
    const text = await heard(
      dial(`${head("Hello", `${CONNECT}Content-Length: 14\r\nConnection: close\r\n`)}{"name":"Ada"}`),
    );
    expect(text).toContain("Hello Ada");
  });
});
