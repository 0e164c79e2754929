import { connect } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createServer, type Server } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler } from "../protocol/greeter.ts";

let server: Server;
let ready: boolean;
let handler: GreeterHandler;

beforeEach(async () => {
  ready = true;
  handler = new GreeterHandler();
  server = createServer({
    name: "go.micro.srv.greeter",
    address: "127.0.0.1:0",
    transport: createTcpTransport(),
    isReady: () => ready,
    logger: { error() {} },
  });
  server.handle(Greeter, handler);
  await server.start();
});

afterEach(() => server.stop({ graceMs: 0 }));

const url = (path: string) => `http://${server.address}${path}`;
const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(url(path), { method: "POST", body, headers: { "content-type": "application/json", ...headers } });

/** Sends bytes as they are; resolves with everything that came back when the connection ended. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const [host, port] = (server.address as string).split(":") as [string, string];
    let answer = "";
    const socket = connect(Number(port), host, () => socket.write(text));
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("end", () => {
      socket.end();
      resolve(answer);
    });
    socket.on("error", reject);
  });
}

describe("plain HTTP", () => {
  test("when JSON is posted to a method then JSON comes back", async () => {
    const response = await post("/greeter.Greeter/Hello", '{"name":"Ada"}', { echo: "ping" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(response.headers.get("echo-header")).toBe("ping");
    expect(response.headers.get("trailer-echo-trailer")).toBe("ping");
    expect(await response.json()).toEqual({ name: "Hello Ada" });
    expect(handler.contexts[0]?.peer.protocol).toBe("json");
    expect(handler.contexts[0]?.peer.address).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  test("when the body is left out then the message is empty", async () => {
    const response = await post("/greeter.Greeter/Hello", "");
    expect(await response.json()).toEqual({ name: "Hello " });
  });

  test("when go-micro's way of naming is used then it works too", async () => {
    expect((await post("/go.micro.srv.greeter.Greeter/Hello", "{}")).status).toBe(200);
  });

  test("when the handler fails then the status is its code and the body Micro's error", async () => {
    const response = await post("/greeter.Greeter/Fail", '{"name":"x"}');
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      id: "go.micro.srv.greeter",
      code: 400,
      detail: "no x – sorry 100%",
      status: "Bad Request",
    });
  });

  test.each([
    ["a path that is no method", "POST", "/", 404],
    ["an encoded path", "POST", "/greeter.Greeter%2fHello", 404],
    ["an unknown service", "POST", "/go.micro.srv.no-pe.Nope/Hello", 501],
    ["another verb", "GET", "/greeter.Greeter/Hello", 405],
    ["a streaming method", "POST", "/greeter.Greeter/Count", 501],
  ])("when %s is asked for then the answer is JSON with the status", async (_, method, path, status) => {
    const response = await fetch(url(path), { method, headers: { "content-type": "application/json" } });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code: status, id: "go.micro.srv.greeter" });
  });

  test("when a streaming method is asked for then the error says to use gRPC", async () => {
    const body = (await (await post("/greeter.Greeter/Count", "{}")).json()) as { detail: string };
    expect(body.detail).toContain("gRPC");
  });

  test.each([
    ["content-type", "text/plain"],
    ["content-encoding", "compress"],
  ])("when %s is %s then the status is 415", async (name, value) => {
    expect((await post("/greeter.Greeter/Hello", "{}", { [name]: value })).status).toBe(415);
  });

  test("when the body is no JSON then the status is 400", async () => {
    expect((await post("/greeter.Greeter/Hello", "{oops")).status).toBe(400);
  });

  test("when the body says it is larger than 4 MiB then the status is 413", async () => {
    const answer = await raw(
      "POST /greeter.Greeter/Hello HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000000\r\n\r\n",
    );
    expect(answer).toContain("HTTP/1.1 413 ");
    expect(answer).toContain('"code":413');
  });

  test("when a chunked body grows beyond 4 MiB then the status is 413", async () => {
    const chunk = `100000\r\n${"x".repeat(0x100000)}\r\n`;
    const answer = await raw(
      `POST /greeter.Greeter/Hello HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(5)}`,
    );
    expect(answer).toContain("HTTP/1.1 413 ");
  });

  test.each([
    ["two hosts", "Host: a\r\nHost: b\r\n"],
    ["no host", ""],
    ["length and chunked", "Host: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n"],
  ])("when a request has %s then it is refused", async (_, headers) => {
    const answer = await raw(
      `POST /greeter.Greeter/Hello HTTP/1.1\r\nContent-Type: application/json\r\nConnection: close\r\n${headers}\r\n`,
    );
    expect(answer).toContain("HTTP/1.1 400 ");
  });

  test("when there are more than 100 header lines then all of them are refused", async () => {
    const lines = "a: b\r\n".repeat(101);
    const answer = await raw(
      `POST /greeter.Greeter/Hello HTTP/1.1\r\nHost: x\r\n${lines}Content-Length: 0\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  });

  test("when bytes are no protocol at all then the connection ends and the server lives", async () => {
    expect(await raw("\x16\x03\x01 hello\r\n\r\n")).toBe("");
    expect(await raw("INVALID CONNECTION PREFACE\r\n\r\n")).toBe("");
    expect((await post("/greeter.Greeter/Hello", "{}")).status).toBe(200);
  });

  test.each(["POST / HTTP/9.9", "BREW / HTTP/1.1", "GET /\0 HTTP/1.1"])(
    "when a request line is wrong but means HTTP, as %j, then it is told so",
    async (line) => {
      expect(await raw(`${line}\r\nHost: x\r\n\r\n`)).toContain("400 Bad Request");
    },
  );

  test("when the timeout header passes then the call fails with 408", async () => {
    const response = await post("/greeter.Greeter/Hang", "{}", { timeout: "50000000" });
    expect(response.status).toBe(408);
    await handler.logged("hang aborted: 408");
  });

  test("when the caller goes away then the handler's signal aborts", async () => {
    const controller = new AbortController();
    const call = fetch(url("/greeter.Greeter/Hang"), {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
      signal: controller.signal,
    });
    await handler.logged("hang started");
    controller.abort();
    await expect(call).rejects.toThrow();
    await handler.logged("hang aborted: 499");
  });

  test("when health is asked then it is fine, and readiness follows the service", async () => {
    expect((await fetch(url("/healthz"))).status).toBe(200);
    expect((await fetch(url("/readyz"))).status).toBe(200);
    ready = false;
    expect((await fetch(url("/healthz"))).status).toBe(200);
    expect((await fetch(url("/readyz"))).status).toBe(503);
  });
});
