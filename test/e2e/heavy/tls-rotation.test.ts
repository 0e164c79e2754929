import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { createMemoryBroker } from "../../../src/runtime/broker/index.ts";
import { createMemoryRegistry } from "../../../src/runtime/registry/index.ts";
import { createConnection, createService, silentLogger } from "../../../src/runtime/service/index.ts";
import { createTlsTransport } from "../../../src/runtime/transport/tls/index.ts";
import { createGreeterClient, Greeter } from "../../runtime/service/greeter.ts";
import { createAuthority } from "../../support/certificates.ts";

const name = "go.micro.srv.greeter";
const folder = mkdtempSync(join(tmpdir(), "tls-rotation-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ROTATIONS = 15;
const PAUSE_MS = 1000;
const RELOAD_MS = 100;
/** Longer than two looks at the files: both ends have seen them. */
const SETTLED_MS = 4 * RELOAD_MS;

test("when certificates and their authority are replaced fifteen times under load then no call fails", async () => {
  const before = createAuthority(folder, "before");
  const after = createAuthority(folder, "after");
  const caFile = join(folder, "trusted.pem");
  copyFileSync(before.caFile, caFile);
  const own = before.issue("greeter", { names: [name] });
  const lines: string[] = [];
  const transport = () =>
    createTlsTransport({
      server: { ...own, clientCaFile: caFile },
      client: { ...own, caFile },
      reloadIntervalMs: RELOAD_MS,
      onProblem: (line) => lines.push(line),
    });
  const common = {
    registry: createMemoryRegistry(),
    broker: createMemoryBroker(),
    address: "127.0.0.1:0",
    drainDelayMs: 0,
    args: [],
    env: {},
    logger: silentLogger,
    retries: 0,
  };
  const service = await createService({ name, ...common, transport: transport() });
  service.server.handle(Greeter, { hello: (text) => text, fail: (text) => text });
  await service.start();

  let calls = 0;
  let connections = 0;
  let over = false;
  const failures: unknown[] = [];

  /** Calls for as long as the test runs; with a new connection after every `perConnection` of them. */
  async function load(perConnection: number): Promise<void> {
    while (!over) {
      connections += 1;
      const connection = await createConnection({ name: "go.micro.cli", ...common, transport: transport() });
      const greeter = createGreeterClient(connection.client, name);
      for (let made = 0; made < perConnection && !over; made++) {
        calls += 1;
        await greeter.hello({ text: "Ada" }).catch((error: unknown) => failures.push(error));
        await sleep(10);
      }
      await connection.close();
    }
  }

  const loads = [load(Number.POSITIVE_INFINITY), load(1), load(10)];
  for (let rotation = 1; rotation <= ROTATIONS; rotation++) {
    await sleep(PAUSE_MS);
    if (rotation === 5) {
      writeFileSync(caFile, Buffer.concat([readFileSync(before.caFile), readFileSync(after.caFile)]));
      await sleep(SETTLED_MS);
    }
    // Certificate first, key after it: between the two they do not fit together.
    (rotation < 5 ? before : after).issue("greeter", { names: [name, `number-${rotation}`] });
    if (rotation === 10) {
      await sleep(SETTLED_MS);
      copyFileSync(after.caFile, caFile);
    }
  }
  await sleep(PAUSE_MS);
  over = true;
  await Promise.all(loads);
  await service.stop();
  console.log(
    `${calls} calls over ${connections} connections, ${ROTATIONS} rotations, ${lines.length} half-written pairs seen`,
  );
  expect(failures).toEqual([]);
  expect(connections).toBeGreaterThan(50);
});
