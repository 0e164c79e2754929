import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MicroError } from "../../../../src/runtime/errors/index.ts";
import { createServer, type Server } from "../../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler } from "../greeter.ts";

let server: Server;
let handler: GreeterHandler;

/** The same service with one method that a GET may call. */
const SafeGreeter = {
  ...Greeter,
  methods: { ...Greeter.methods, hello: { ...Greeter.methods.hello, idempotency: "noSideEffects" as const } },
};

beforeEach(async () => {
  handler = new GreeterHandler();
  server = createServer({
    name: "go.micro.srv.greeter",
    address: "127.0.0.1:0",
    transport: createTcpTransport(),
    logger: { error() {} },
  });
  server.handle(SafeGreeter, handler);
  await server.start();
});

afterEach(() => server.stop({ graceMs: 0 }));

const CONNECT = { "content-type": "application/json", "connect-protocol-version": "1" };
const url = (path: string) => `http://${server.address}/greeter.Greeter/${path}`;
const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(url(path), { method: "POST", body, headers: { ...CONNECT, ...headers } });

/** Messages with Connect's prefixes, one after the other. */
function frames(...messages: readonly (readonly [flags: number, text: string])[]): Buffer<ArrayBuffer> {
  return Buffer.concat(
    messages.map(([flags, text]) => {
      const prefix = Buffer.alloc(5);
      prefix[0] = flags;
      prefix.writeUInt32BE(Buffer.byteLength(text), 1);
      return Buffer.concat([prefix, Buffer.from(text)]);
    }),
  );
}

async function framesOf(response: Response): Promise<[flags: number, json: unknown][]> {
  const bytes = Buffer.from(await response.arrayBuffer());
  const found: [number, unknown][] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    found.push([bytes[at] as number, JSON.parse(bytes.toString("utf8", at + 5, end))]);
    at = end;
  }
  return found;
}

describe("a unary method", () => {
  test("when it is posted then the answer is the bare message", async () => {
    const response = await post("Hello", '{"name":"Ada"}', { echo: "ping" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("trailer-echo-trailer")).toBe("ping");
    expect(await response.json()).toEqual({ name: "Hello Ada" });
    expect(handler.contexts[0]?.peer.protocol).toBe("connect");
  });

  test("when the handler fails then status and body are Connect's", async () => {
    const response = await post("Fail", '{"name":"x"}');
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ code: "invalid_argument", message: "no x – sorry 100%" });
  });

  test("when the error has details then they come along", async () => {
    const details = [{ type: "google.rpc.RetryInfo", value: Buffer.from([10, 2, 8, 1]) }];
    handler.thrown = new MicroError({ id: "x", code: 408, detail: "late", details });
    const response = await post("Crash", "{}");
    expect(response.status).toBe(504);
    expect(await response.json()).toEqual({
      code: "deadline_exceeded",
      message: "late",
      details: [{ type: "google.rpc.RetryInfo", value: "CgIIAQ" }],
    });
  });

  test.each([
    ["is unknown", "Bye", {}, 404, "unimplemented"],
    ["streams", "Count", {}, 501, "unimplemented"],
    ["is called by another version", "Hello", { "connect-protocol-version": "2" }, 400, "invalid_argument"],
    ["has a malformed timeout", "Hello", { "connect-timeout-ms": "1s" }, 400, "invalid_argument"],
    ["is compressed in a way nobody knows", "Hello", { "content-encoding": "foo" }, 501, "unimplemented"],
  ])("when it %s then the error says so", async (_, method, headers, status, code) => {
    const response = await post(method, "{}", headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
  });

  test("when its timeout passes then it is too late", async () => {
    const response = await post("Hang", "{}", { "connect-timeout-ms": "30" });
    expect(response.status).toBe(504);
    await handler.logged("hang aborted: 408");
  });

  test("when request and answer are compressed then both ends understand", async () => {
    const name = "x".repeat(2000);
    const response = await post("Hello", new Uint8Array(gzipSync(JSON.stringify({ name }))), {
      "content-encoding": "gzip",
      "accept-encoding": "gzip",
    });
    expect(response.headers.get("content-encoding")).toBe("gzip");
    expect(await response.json()).toEqual({ name: `Hello ${name}` });
  });

  test.each(["identity", "gzip;q=0", "zap"])(
    "when the caller accepts %s then the answer is not compressed",
    async (accepted) => {
      const response = await post("Hello", JSON.stringify({ name: "x".repeat(2000) }), {
        "accept-encoding": accepted,
      });
      expect(response.headers.get("content-encoding")).toBeNull();
    },
  );

  test("when a body inflates beyond the limit then it is refused and not unfolded", async () => {
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(50_000_000, 32)));
    const response = await post("Hello", bomb, { "content-encoding": "gzip" });
    expect(response.status).toBe(429);
    expect(await response.json()).toMatchObject({ code: "resource_exhausted" });
  });
});

describe("a GET", () => {
  const query = (parameters: Record<string, string>) =>
    fetch(`${url("Hello")}?${new URLSearchParams(parameters)}`);
  const message = '{"name":"Ada"}';

  test("when the method has no side effects then the message may be in the URL", async () => {
    const response = await query({ connect: "v1", encoding: "json", message });
    expect(await response.json()).toEqual({ name: "Hello Ada" });
  });

  test("when the message is in base64 and compressed then it is read all the same", async () => {
    const zipped = gzipSync(message).toString("base64url");
    const response = await query({ encoding: "json", base64: "1", compression: "gzip", message: zipped });
    expect(await response.json()).toEqual({ name: "Hello Ada" });
  });

  test("when the method may have side effects then it is refused", async () => {
    const response = await fetch(`${url("Fail")}?encoding=json&message=%7B%7D`);
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });

  test.each([
    [{ encoding: "json" }, 400],
    [{ encoding: "xml", message }, 415],
    [{ encoding: "json", connect: "v2", message }, 400],
    [{ encoding: "json", base64: "1", message: "{}" }, 400],
    [{ encoding: "json", base64: "yes", message }, 400],
    [{ encoding: "json", compression: "foo", message }, 501],
    [{ encoding: "json", message: "{" }, 400],
  ])("when the query is %j then the status is %i", async (parameters, status) => {
    expect((await query(parameters as Record<string, string>)).status).toBe(status);
  });

  test("when the method is unknown then the error is Connect's", async () => {
    const response = await fetch(`${url("Bye")}?encoding=json&message=%7B%7D`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "unimplemented" });
  });
});

describe("a stream", () => {
  const STREAM = { "content-type": "application/connect+json", "connect-protocol-version": "1" };

  test("when it ends well then the last frame is an empty object", async () => {
    const response = await post("Count", frames([0, '{"name":"2"}']), STREAM);
    expect(await framesOf(response)).toEqual([
      [0, { name: "1" }],
      [0, { name: "2" }],
      [2, {}],
    ]);
  });

  test("when it fails then the status is 200 and the last frame tells", async () => {
    const response = await post("Bye", frames([0, "{}"]), STREAM);
    expect(response.status).toBe(200);
    expect(await framesOf(response)).toMatchObject([[2, { error: { code: "unimplemented" } }]]);
  });

  test("when a frame is larger than allowed then the stream ends in words", async () => {
    const prefix = Buffer.from([0, 0xff, 0xff, 0xff, 0xff]);
    const response = await post("Join", prefix, STREAM);
    expect(await framesOf(response)).toMatchObject([[2, { error: { code: "resource_exhausted" } }]]);
  });

  test("when a server-streaming method gets two messages then that is one too many", async () => {
    const response = await post("Count", frames([0, '{"name":"2"}'], [0, '{"name":"2"}']), STREAM);
    expect(await framesOf(response)).toMatchObject([[2, { error: { code: "unimplemented" } }]]);
  });

  test("when the caller accepts gzip then large messages are compressed and small ones are not", async () => {
    const name = "x".repeat(2000);
    const response = await post("Chat", frames([0, JSON.stringify({ name })], [0, '{"name":"y"}']), {
      ...STREAM,
      "connect-accept-encoding": "gzip",
    });
    expect(response.headers.get("connect-content-encoding")).toBe("gzip");
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes[0]).toBe(1);
    const end = 5 + bytes.readUInt32BE(1);
    expect(JSON.parse(gunzipSync(bytes.subarray(5, end)).toString())).toEqual({ name: `you said ${name}` });
    expect(bytes[end]).toBe(0);
  });
});
