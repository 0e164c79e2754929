import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type ClientOptions, createClient } from "../../../src/runtime/client/index.ts";
import { timeout } from "../../../src/runtime/errors/index.ts";
import { createMemoryRegistry, type Registry } from "../../../src/runtime/registry/index.ts";
import { createSelector } from "../../../src/runtime/selector/index.ts";
import { createServer } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler, type Hello } from "../protocol/greeter.ts";

const NAME = "go.micro.srv.greeter";
const { hello } = Greeter.methods;
const tcp = createTcpTransport();
const never = () => new Promise<never>(() => {});
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function clientOf({ registry = createMemoryRegistry(), ...rest }: ClientOptions & { registry?: Registry }) {
  const selector = createSelector({ registry });
  const client = createClient({ transport: tcp, selector, retries: 0, ...rest });
  cleanups.push(
    () => selector.close(),
    () => client.close(),
  );
  return client;
}

async function failureOf(call: Promise<unknown>): Promise<string> {
  const { code, detail } = await call.then(
    () => expect.unreachable("it should fail"),
    (error) => error,
  );
  return `${code} ${detail}`;
}

async function serve(hello: (request: Hello) => Hello | Promise<Hello>): Promise<string> {
  const server = createServer({ name: NAME, address: "127.0.0.1:0", transport: tcp });
  server.handle(Greeter, Object.assign(new GreeterHandler(), { hello }));
  await server.start();
  cleanups.push(() => server.stop({ graceMs: 0 }));
  return server.address as string;
}

/**
 * A way to a server on which its bytes can be held up. The server knows the deadline, too, and what it says of it would
 * sometimes be here before our own timer.
 */
async function relayTo(address: string): Promise<{ readonly address: string; mute(): void }> {
  let isMute = false;
  const sockets: Socket[] = [];
  const relay = createTcpServer((socket) => {
    const server = connect(Number(address.split(":")[1]), "127.0.0.1");
    sockets.push(socket, server);
    for (const end of [socket, server]) end.on("error", () => end.destroy());
    socket.pipe(server);
    server.on("data", (bytes) => isMute || socket.write(bytes));
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    relay.close();
  });
  return {
    address: `127.0.0.1:${(relay.address() as AddressInfo).port}`,
    mute() {
      isMute = true;
    },
  };
}

test("when the registry does not answer in time then the call names service and registry", async () => {
  const registry: Registry = { ...createMemoryRegistry(), name: "slow", address: "", getService: never };
  const call = clientOf({ registry }).unary(NAME, hello, {}, { timeoutMs: 20 });
  expect(await failureOf(call)).toBe(`408 deadline exceeded while looking for ${NAME} in registry slow`);
});

test("when the node does not accept in time then the call names its address", async () => {
  const dial = () => new Promise<never>((_, reject) => cleanups.push(() => reject(new Error("gone"))));
  const client = clientOf({ transport: { ...tcp, dial } });
  const call = client.unary(NAME, hello, {}, { timeoutMs: 20, address: "127.0.0.1:9" });
  expect(await failureOf(call)).toBe("408 deadline exceeded while connecting to 127.0.0.1:9");
});

test.each(["grpc", "connect", "grpc-web", "json", "mucp"])(
  "when the node does not answer in time by %s then the call names its address",
  async (protocol) => {
    const { address, mute } = await relayTo(await serve((request) => request));
    const client = clientOf({});
    await client.unary(NAME, hello, { name: "quick" }, { protocol, address });
    mute();
    const call = client.unary(NAME, hello, { name: "slow" }, { protocol, address, timeoutMs: 30 });
    expect(await failureOf(call)).toBe(`408 deadline exceeded while waiting for an answer of ${address}`);
  },
);

test("when the service itself ran into a deadline then its words stay as they are", async () => {
  const address = await serve(() => {
    throw timeout("go.micro.client", "deadline exceeded");
  });
  expect(await failureOf(clientOf({}).unary(NAME, hello, {}, { address }))).toBe("408 deadline exceeded");
});
