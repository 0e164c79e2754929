import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createServer, type Server } from "../../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler } from "../greeter.ts";

let server: Server;

beforeEach(async () => {
  server = createServer({ name: "s", address: "127.0.0.1:0", transport: createTcpTransport() });
  server.handle(Greeter, new GreeterHandler());
  await server.start();
});

afterEach(() => server.stop({ graceMs: 0 }));

const frame = (text: string) => {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(text.length, 1);
  return Buffer.concat([prefix, Buffer.from(text)]);
};
const call = (method: string, body: string | Uint8Array<ArrayBuffer>, contentType: string) =>
  fetch(`http://${server.address}/greeter.Greeter/${method}`, {
    method: "POST",
    body,
    headers: { "content-type": contentType, echo: "ping" },
  });

/** `[flags, text]` of every frame. */
function framesOf(bytes: Buffer): [number, string][] {
  const found: [number, string][] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 5 + bytes.readUInt32BE(at + 1);
    found.push([bytes[at] as number, bytes.toString("latin1", at + 5, end)]);
    at = end;
  }
  return found;
}

/** Base64 whose pieces have their own padding. */
function decodePieces(text: string): Buffer {
  return Buffer.concat((text.match(/[^=]+={0,2}/g) ?? []).map((piece) => Buffer.from(piece, "base64")));
}

test("when a method is called then its trailers are the last frame of the body", async () => {
  const response = await call("Hello", frame('{"name":"Ada"}'), "application/grpc-web+json");
  expect(response.headers.get("content-type")).toBe("application/grpc-web+json");
  expect(response.headers.get("echo-header")).toBe("ping");
  expect(framesOf(Buffer.from(await response.arrayBuffer()))).toEqual([
    [0, '{"name":"Hello Ada"}'],
    [128, "grpc-status: 0\r\necho-trailer: ping\r\n"],
  ]);
});

test("when a method fails then the status is in the body, where browsers can read it", async () => {
  const response = await call("Fail", frame('{"name":"x"}'), "application/grpc-web+json");
  expect(response.status).toBe(200);
  const frames = framesOf(Buffer.from(await response.arrayBuffer()));
  expect(frames).toEqual([[128, "grpc-status: 3\r\ngrpc-message: no x %E2%80%93 sorry 100%25\r\n"]]);
});

describe("as text", () => {
  test("when everything is in base64 then it means the same", async () => {
    const body = frame('{"name":"3"}').toString("base64");
    const response = await call("Count", body, "application/grpc-web-text+json");
    expect(response.headers.get("content-type")).toBe("application/grpc-web-text+json");
    const frames = framesOf(decodePieces(await response.text()));
    expect(frames.map(([flags]) => flags)).toEqual([0, 0, 0, 128]);
    expect(frames[2]?.[1]).toBe('{"name":"3"}');
  });

  test("when a caller pads every piece then they are read one after the other", async () => {
    const bytes = frame('{"name":"Ada"}');
    const body = [bytes.subarray(0, 7), bytes.subarray(7)].map((piece) => piece.toString("base64")).join("");
    const response = await call("Hello", body, "application/grpc-web-text+json");
    expect(framesOf(decodePieces(await response.text()))[0]).toEqual([0, '{"name":"Hello Ada"}']);
  });

  test.each([
    ["is no base64", "!!!!", /no base64/],
    ["ends inside a group", `${frame('{"name":"Ada"}').toString("base64")}AA`, /ends inside its base64/],
  ])("when the body %s then the call fails in words", async (_, body, message) => {
    const response = await call("Hello", body, "application/grpc-web-text+json");
    const [trailers] = framesOf(decodePieces(await response.text()));
    expect(trailers?.[1]).toContain("grpc-status: 3");
    expect(decodeURIComponent(trailers?.[1] ?? "")).toMatch(message);
  });
});

test.each([
  ["another verb", "PUT", "application/grpc-web", 405],
  ["a codec nobody knows", "POST", "application/grpc-web+foo", 415],
  ["gRPC on HTTP/1.1", "POST", "application/grpc", 505],
])("when %s comes then HTTP says no", async (_, method, contentType, status) => {
  const response = await fetch(`http://${server.address}/greeter.Greeter/Hello`, {
    method,
    body: "x",
    headers: { "content-type": contentType },
  });
  expect(response.status).toBe(status);
});
