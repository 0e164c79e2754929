import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient } from "../../../src/runtime/client/index.ts";
import { createServer, type Server } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { createTlsTransport } from "../../../src/runtime/transport/tls/index.ts";
import { Greeter, GreeterHandler } from "../../runtime/protocol/greeter.ts";
import { createAuthority } from "../../support/certificates.ts";

const CONNECTIONS = 1000;
/** What the slowest of the limits on beginning a request allows, and the sweep that enforces it. */
const GONE_MS = 15_000;
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const SETTINGS = "\x00\x00\x00\x04\x00\x00\x00\x00\x00";
/** HEADERS of stream 1 without END_HEADERS: 16 of the 100 bytes it promises. */
const HALF_HEADERS = `\x00\x00\x64\x01\x00\x00\x00\x00\x01${"\x82".repeat(16)}`;

/** The head of a TLS record with a hello of 512 bytes, and its first bytes. */
const HALF_HELLO = `\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03${"r".repeat(32)}`;

/** How callers waste a connection: what they send at once, and then byte by byte, once a second. */
const WAYS: Readonly<Record<string, readonly [atOnce: string, drip: string]>> = {
  "say nothing": ["", ""],
  "stop in the preface": [PREFACE.slice(0, 10), ""],
  "drip the preface": ["", PREFACE],
  "stop after the preface": [PREFACE, ""],
  "stop inside HTTP/2 headers": [PREFACE + SETTINGS + HALF_HEADERS, ""],
  "stop inside an HTTP/1.1 header": ["POST /greeter.Greeter/Hello HTTP/1.1\r\nHost: x\r\nX-A", ""],
  "drip HTTP/1.1 headers": ["GET /readyz HTTP/1.1\r\n", `X: ${"a".repeat(1000)}`],
  "stop inside a frame of mucp": ["POST / HTTP/1.1\r\nMicro-Service: x\r\nX", ""],
  "say nothing over TLS": ["", ""],
  "stop inside a TLS handshake": [HALF_HELLO, ""],
  "drip a TLS handshake": ["\x16", HALF_HELLO.slice(1)],
};

const transport = createTcpTransport();
const folder = mkdtempSync(join(tmpdir(), "slow-connections-"));
const certificate = createAuthority(folder).issue("slow", { names: ["slow"] });
const server = createServer({ name: "slow", address: "127.0.0.1:0", transport, logger: { error() {} } });
const secure = createServer({
  name: "slow",
  address: "127.0.0.1:0",
  transport: createTlsTransport({ server: certificate }),
  logger: { error() {} },
});
const client = createClient({ transport });
beforeAll(async () => {
  server.handle(Greeter, new GreeterHandler());
  await server.start();
  await secure.start();
});
afterAll(async () => {
  await client.close();
  await server.stop({ graceMs: 0 });
  await secure.stop({ graceMs: 0 });
  rmSync(folder, { recursive: true, force: true });
});

/** The 99th percentile of some hundred calls, in milliseconds. */
async function p99(): Promise<number> {
  const times: number[] = [];
  for (let call = 0; call < 500; call++) {
    const before = performance.now();
    const options = { address: server.address as string };
    await client.unary("slow", Greeter.methods.hello, { name: "Ada" }, options);
    times.push(performance.now() - before);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] as number;
}

test("when a thousand callers are slow then others are served meanwhile, and the slow ones are gone", async () => {
  const portOf = ({ address }: Server) => Number(address?.split(":")[1]);
  const quiet = await p99();
  const ways = Object.entries(WAYS);
  const open = new Set<Socket>();
  const drips = new Map<Socket, string>();
  const began = performance.now();
  for (let index = 0; index < CONNECTIONS; index++) {
    const [way, [atOnce, drip]] = ways[index % ways.length] as (typeof ways)[number];
    const port = portOf(way.includes("TLS") ? secure : server);
    const socket = connect(port, "127.0.0.1", () => socket.write(atOnce, "latin1"));
    socket.resume();
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
    open.add(socket);
    drips.set(socket, drip);
  }
  const dripping = setInterval(() => {
    for (const socket of open) {
      const rest = drips.get(socket) as string;
      if (rest === "") continue;
      socket.write(rest.slice(0, 1), "latin1");
      drips.set(socket, rest.slice(1));
    }
  }, 1000);
  const busy = await p99();
  const held = open.size;
  await expect.poll(() => open.size, { timeout: 60_000, interval: 100 }).toBe(0);
  clearInterval(dripping);
  const gone = performance.now() - began;
  console.log(
    `p99 of others ${quiet.toFixed(1)} ms before, ${busy.toFixed(1)} ms beside ${held} slow callers; these were gone after ${(gone / 1000).toFixed(1)} s`,
  );
  // The limits' own clock, not the machine's speed: 5 s to tell the wire, 8 s for headers, 1 s for the sweep.
  expect(gone).toBeLessThan(GONE_MS);
});
