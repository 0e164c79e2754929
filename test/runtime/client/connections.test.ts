import { once } from "node:events";
import type { Duplex } from "node:stream";
import { afterEach, expect, test } from "vitest";
import { type Client, createClient } from "../../../src/runtime/client/index.ts";
import { createMemoryRegistry, type Registry } from "../../../src/runtime/registry/index.ts";
import { createSelector } from "../../../src/runtime/selector/index.ts";
import { createServer } from "../../../src/runtime/server/index.ts";
import { createTcpTransport, type Transport } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler } from "../protocol/greeter.ts";

const NAME = "go.micro.srv.greeter";
const tcp = createTcpTransport();
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Setup {
  readonly registry: Registry;
  readonly client: Client;
  /** What the client dialled, in order. */
  readonly dialled: { readonly address: string; readonly connection: Duplex }[];
}

function setUp(): Setup {
  const dialled: { address: string; connection: Duplex }[] = [];
  const transport: Transport = {
    ...tcp,
    async dial(address, options) {
      const connection = await tcp.dial(address, options);
      dialled.push({ address, connection });
      return connection;
    },
  };
  const registry = createMemoryRegistry();
  const selector = createSelector({ registry });
  const client = createClient({ transport, selector, random: () => 0 });
  cleanups.push(
    () => registry.close(),
    () => selector.close(),
    () => client.close(),
  );
  return { registry, client, dialled };
}

/** A node on the registry; `leave` takes it off and leaves it running. */
async function join(registry: Registry, id: string): Promise<{ address: string; leave(): Promise<void> }> {
  const server = createServer({ name: NAME, address: "127.0.0.1:0", transport: tcp });
  server.handle(Greeter, new GreeterHandler());
  await server.start();
  cleanups.push(() => server.stop({ graceMs: 0 }));
  const address = server.address as string;
  const nodes = [{ id, address, metadata: { protocols: "grpc" } }];
  const record = { name: NAME, version: "1", metadata: {}, endpoints: [], nodes };
  await registry.register(record);
  return { address, leave: () => registry.deregister(record) };
}

test("when a node leaves the registry then the connection to it is closed", async () => {
  const { registry, client, dialled } = setUp();
  const node = await join(registry, "a");
  await client.unary(NAME, Greeter.methods.hello, {});
  const closed = once(dialled[0]?.connection as Duplex, "close");
  await node.leave();
  await closed;
});

test("when a call is still running there then it finishes first", async () => {
  const { registry, client, dialled } = setUp();
  const node = await join(registry, "a");
  const { forever } = Greeter.methods;
  const messages = client.serverStream(NAME, forever, { name: "x" })[Symbol.asyncIterator]();
  await messages.next();
  await node.leave();
  for (let index = 0; index < 5; index++) expect((await messages.next()).done).toBe(false);
  const connection = dialled[0]?.connection as Duplex;
  expect(connection.destroyed).toBe(false);
  const closed = once(connection, "close");
  await messages.return?.();
  await closed;
});

test("when a node joins a service in use then it is connected to before a call needs it", async () => {
  const { registry, client, dialled } = setUp();
  await join(registry, "a");
  await client.unary(NAME, Greeter.methods.hello, {});
  const { address } = await join(registry, "b");
  await expect.poll(() => dialled.map((one) => one.address)).toContain(address);
  expect(dialled).toHaveLength(2);
});

test("when a node joins a service that nobody calls then it is not", async () => {
  const { registry, client, dialled } = setUp();
  await join(registry, "a");
  await expect(client.unary("go.micro.srv.other", Greeter.methods.hello, {})).rejects.toMatchObject({
    code: 404,
  });
  await join(registry, "b");
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(dialled).toEqual([]);
});
