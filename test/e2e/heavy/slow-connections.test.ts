import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
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
/** How long nearly all of them are there. */
const HELD_MS = 4000;
const CALLERS = fileURLToPath(new URL("slow-callers.mjs", import.meta.url));

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

/** The 99th percentile of calls, one after the other, in milliseconds. */
async function p99(forMs: number): Promise<number> {
  const times: number[] = [];
  const end = performance.now() + forMs;
  for (let before = performance.now(); before < end; before = performance.now()) {
    const options = { address: server.address as string };
    await client.unary("slow", Greeter.methods.hello, { name: "Ada" }, options);
    times.push(performance.now() - before);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] as number;
}

test("when a thousand callers are slow then others are served meanwhile, and the slow ones are gone", async () => {
  const portOf = ({ address }: Server) => address?.split(":")[1] ?? "";
  await p99(1000);
  const quiet = await p99(HELD_MS);
  const callers = fork(CALLERS, [String(CONNECTIONS), portOf(server), portOf(secure)]);
  const [{ held }] = (await once(callers, "message")) as [{ held: number }];
  const gone = once(callers, "message") as Promise<[{ goneMs: number }]>;
  const busy = await p99(HELD_MS);
  const [{ goneMs }] = await gone;
  console.log(
    `p99 of others ${quiet.toFixed(1)} ms before, ${busy.toFixed(1)} ms beside ${held} slow callers; these were gone after ${(goneMs / 1000).toFixed(1)} s`,
  );
  expect(held).toBe(CONNECTIONS);
  // The limits' own clock, not the machine's speed: 5 s to tell the wire, 8 s for headers, 1 s for the sweep.
  expect(goneMs).toBeLessThan(GONE_MS);
});
