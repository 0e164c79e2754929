import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { get } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { afterEach, expect, test } from "vitest";
import { createEdgeServer, type EdgeServer } from "../../../src/toolkit/gateway/edge-server.ts";
import { forwardedHeaders } from "../../../src/toolkit/gateway/forward-headers.ts";
import { createAuthority } from "../../support/certificates.ts";

let server: EdgeServer;
afterEach(() => server.close({ graceMs: 0 }));

const refuse = (_request: unknown, socket: Duplex) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");

test.each([
  ["what is no HTTP", "GARBAGE\0\r\n\r\n"],
  ["an upgrade that is refused", "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"],
])(
  "when a client never ends its half after %s then the connection is closed all the same",
  async (_name, text) => {
    server = createEdgeServer({ onRequest: (_, response) => response.end(), onUpgrade: refuse });
    const port = Number((await server.listen("127.0.0.1:0")).split(":")[1]);
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.write(text);
    socket.resume();
    await once(socket, "end");
    // Only a closed socket answers with a reset.
    const gone = once(socket, "error");
    const writing = setInterval(() => socket.write("x"), 5);
    expect(((await gone)[0] as NodeJS.ErrnoException).code).toMatch(/ECONNRESET|EPIPE/);
    clearInterval(writing);
  },
);

test("when it has a certificate then it serves HTTPS, tells services so, and cuts off who speaks no TLS", async () => {
  const folder = mkdtempSync(join(tmpdir(), "edge-tls-"));
  const authority = createAuthority(folder);
  const tls = authority.issue("edge", { names: ["gateway.test"] });
  server = createEdgeServer({
    tls,
    onRequest: (request, response) =>
      response.end(forwardedHeaders(request, { trustForwarded: false }).get("x-forwarded-proto")?.[0]),
  });
  const port = Number((await server.listen("127.0.0.1:0")).split(":")[1]);
  const ca = readFileSync(authority.caFile);
  rmSync(folder, { recursive: true });
  const text = await new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, ca, servername: "gateway.test" }, (response) => {
      response.on("data", (chunk: Buffer) => resolve(chunk.toString()));
    }).on("error", reject);
  });
  expect(text).toBe("https");
  const plain = connect({ port, host: "127.0.0.1" }, () => plain.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  plain.on("error", () => {});
  plain.resume();
  await once(plain, "close");
});
