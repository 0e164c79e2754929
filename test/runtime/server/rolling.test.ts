import { expect, test } from "vitest";
import { createClient } from "../../../src/runtime/client/index.ts";
import { createMemoryRegistry, type Registry } from "../../../src/runtime/registry/index.ts";
import { createSelector } from "../../../src/runtime/selector/index.ts";
import { createServer, type Server } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler } from "../protocol/greeter.ts";

const NAME = "go.micro.srv.greeter";
const tcp = createTcpTransport();

async function start(
  registry: Registry,
  id: string,
  protocol = "grpc",
): Promise<{ server: Server; leave(): Promise<void> }> {
  const server = createServer({ name: NAME, address: "127.0.0.1:0", transport: tcp });
  const handler = Object.assign(new GreeterHandler(), {
    async hello({ name }: { name: string }) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { name };
    },
  });
  server.handle(Greeter, handler);
  await server.start();
  const record = {
    name: NAME,
    version: "latest",
    metadata: {},
    endpoints: [],
    nodes: [{ id, address: server.address as string, metadata: { protocol } }],
  };
  await registry.register(record);
  return { server, leave: () => registry.deregister(record) };
}

test("when servers are replaced one after another under load then no call fails, though none may be repeated", async () => {
  const registry = createMemoryRegistry();
  const selector = createSelector({ registry });
  const client = createClient({ transport: tcp, selector, retries: 0 });
  let stop = false;
  let calls = 0;
  const failures: unknown[] = [];
  let nodes = [await start(registry, "0-a"), await start(registry, "0-b")];
  const load = Array.from({ length: 16 }, async () => {
    while (!stop) {
      calls += 1;
      await client
        .unary(NAME, Greeter.methods.hello, { name: "x" })
        .catch((error: unknown) => failures.push(error));
    }
  });
  for (let round = 1; round <= 5; round++) {
    const next = [await start(registry, `${round}-a`), await start(registry, `${round}-b`)];
    for (const { server, leave } of nodes) {
      const enough = calls + 100;
      while (calls < enough) await new Promise(setImmediate);
      // Hardest order: the server goes before anybody hears that it left.
      await server.stop();
      await leave();
    }
    nodes = next;
  }
  stop = true;
  await Promise.all(load);
  for (const { server } of nodes) await server.stop();
  await client.close();
  await selector.close();
  await registry.close();
  expect(failures).toEqual([]);
  expect(calls).toBeGreaterThan(1000);
});

test("when mucp's callers hear late that a server leaves then it serves them until then, and no call fails", async () => {
  const registry = createMemoryRegistry();
  const selector = createSelector({ registry });
  const client = createClient({ transport: tcp, selector, retries: 0, protocol: "mucp" });
  let stop = false;
  let calls = 0;
  const failures: unknown[] = [];
  let nodes = [await start(registry, "0-a", "mucp"), await start(registry, "0-b", "mucp")];
  const load = Array.from({ length: 8 }, async () => {
    while (!stop) {
      calls += 1;
      await client
        .unary(NAME, Greeter.methods.hello, { name: "x" })
        .catch((error: unknown) => failures.push(error));
    }
  });
  const afterCalls = async (count: number) => {
    const enough = calls + count;
    while (calls < enough) await new Promise(setImmediate);
  };
  for (let round = 1; round <= 3; round++) {
    const next = [await start(registry, `${round}-a`, "mucp"), await start(registry, `${round}-b`, "mucp")];
    for (const { server, leave } of nodes) {
      await afterCalls(50);
      const stopping = server.stop();
      await afterCalls(50);
      await leave();
      await stopping;
    }
    nodes = next;
  }
  stop = true;
  await Promise.all(load);
  for (const { server } of nodes) await server.stop({ graceMs: 0 });
  await client.close();
  await selector.close();
  expect(failures).toEqual([]);
});
