import { once } from "node:events";
import { createServer as createTcpServer, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import {
  type CallOptions,
  type Client,
  type ClientInterceptor,
  type ClientOptions,
  createClient,
  jsonMethod,
} from "../../../src/runtime/client/index.ts";
import { type MicroError, unavailable } from "../../../src/runtime/errors/index.ts";
import type { Node } from "../../../src/runtime/registry/index.ts";
import type { Outcome, Selector } from "../../../src/runtime/selector/index.ts";
import { createServer, type Server } from "../../../src/runtime/server/index.ts";
import { createTcpTransport, type Transport } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler, hellos, namesOf } from "../protocol/greeter.ts";

const SERVICE = "go.micro.srv.greeter";
const { hello } = Greeter.methods;
const idempotent = { ...hello, idempotency: "idempotent" as const };
const tcp = createTcpTransport();
const cleanups: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function startServer(handler: object = new GreeterHandler()): Promise<Server> {
  const server = createServer({
    name: SERVICE,
    address: "127.0.0.1:0",
    transport: tcp,
    logger: { error() {} },
  });
  server.handle(Greeter, Object.assign(new GreeterHandler(), handler));
  await server.start();
  cleanups.push(() => server.stop({ graceMs: 0 }));
  return server;
}

function newClient(options: ClientOptions): Client {
  const client = createClient({ transport: tcp, ...options });
  cleanups.push(() => client.close());
  return client;
}

interface ListSelector extends Selector {
  readonly picked: string[];
  readonly reports: [string, Outcome][];
}

/** Gives the nodes in order, skipping tried ones while others are left. */
function listSelector(...nodes: Node[]): ListSelector {
  const picked: string[] = [];
  const reports: [string, Outcome][] = [];
  let turn = 0;
  return {
    picked,
    reports,
    async next(name, options = {}) {
      const service = { name, version: "latest", metadata: {}, endpoints: [], nodes };
      const fresh = nodes.filter(({ id }) => !options.exclude?.has(id));
      const candidates = fresh.length > 0 ? fresh : nodes;
      const node = candidates[turn++ % candidates.length] as Node;
      picked.push(node.id);
      return { node, service };
    },
    report: (node, outcome) => reports.push([node.id, outcome]),
    async close() {},
  };
}

const nodeOf = (id: string, address: string, metadata: Record<string, string> = {}): Node => ({
  id,
  address,
  metadata,
});

/** An address that refuses connections. */
async function deadAddress(): Promise<string> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

const failureOf = (work: Promise<unknown>): Promise<MicroError> =>
  work.then(
    () => expect.fail("the call succeeded"),
    (reason) => reason as MicroError,
  );

describe("nodes", () => {
  test("when a call succeeds then the selector is told once", async () => {
    const server = await startServer();
    const selector = listSelector(nodeOf("a", server.address as string));
    const client = newClient({ selector });
    expect(await client.unary(SERVICE, hello, { name: "Ada" })).toEqual({ name: "Hello Ada" });
    expect(selector.reports).toEqual([["a", "success"]]);
  });

  test("when a node refuses connections then the next node gets the call, whatever the method", async () => {
    const server = await startServer();
    const selector = listSelector(
      nodeOf("dead 1", await deadAddress()),
      nodeOf("dead 2", await deadAddress()),
      nodeOf("dead 3", await deadAddress()),
      nodeOf("alive", server.address as string),
    );
    const client = newClient({ selector, retries: 0 });
    expect(await client.unary(SERVICE, hello, { name: "Ada" })).toEqual({ name: "Hello Ada" });
    expect(selector.reports.map(([, outcome]) => outcome)).toEqual([
      "failure",
      "failure",
      "failure",
      "success",
    ]);
    expect(new Set(selector.picked).size).toBe(4);
  });

  test("when all nodes refuse connections then the error keeps every attempt", async () => {
    const selector = listSelector(nodeOf("a", await deadAddress()), nodeOf("b", await deadAddress()));
    const error = await failureOf(newClient({ selector }).unary(SERVICE, hello, {}));
    expect(error.code).toBe(503);
    expect(error.detail).toContain("cannot reach 127.0.0.1");
    expect(error.attempts.length).toBeGreaterThanOrEqual(2);
    expect(selector.reports).toHaveLength(selector.picked.length);
  });

  test("when a stream's node refuses connections then the next node gets it", async () => {
    const server = await startServer();
    const selector = listSelector(
      nodeOf("dead", await deadAddress()),
      nodeOf("alive", server.address as string),
    );
    const client = newClient({ selector });
    expect(await client.clientStream(SERVICE, Greeter.methods.join, hellos("a", "b"))).toEqual({
      name: "a+b",
    });
    expect(selector.reports).toEqual([
      ["dead", "failure"],
      ["alive", "success"],
    ]);
  });

  test.each([
    ["the protocols it lists", { protocol: "mucp", protocols: "json,grpc" }, "grpc"],
    ["the only one it lists", { protocol: "grpc", protocols: "json" }, "json"],
    ["the best of those it lists", { protocols: "json,grpc-web,connect" }, "connect"],
    ["gRPC-Web before JSON", { protocols: "json,grpc-web" }, "grpc-web"],
    ["go-micro's single protocol", { protocol: "grpc" }, "grpc"],
    ["nothing", {}, "grpc"],
  ])("when a node tells %s then the call takes the best wire both know", async (_, metadata, expected) => {
    const handler = new GreeterHandler();
    const server = await startServer({ hello: handler.hello.bind(handler) });
    const selector = listSelector(nodeOf("a", server.address as string, metadata));
    await newClient({ selector }).unary(SERVICE, hello, {});
    expect(handler.contexts[0]?.peer.protocol).toBe(expected);
  });

  test("when a node speaks nothing we know then the error says what it speaks", async () => {
    const selector = listSelector(nodeOf("a", "127.0.0.1:1", { protocol: "pigeon" }));
    const error = await failureOf(newClient({ selector }).unary(SERVICE, hello, {}));
    expect(error.code).toBe(501);
    expect(error.detail).toContain("pigeon");
    expect(error.detail).toContain("grpc, connect, grpc-web, json, mucp");
  });

  test("when the deadline passes while the selector waits then the call fails in time", async () => {
    const reports: string[] = [];
    const selector: Selector = {
      next: () => new Promise(() => {}),
      report: (_, outcome) => reports.push(outcome),
      async close() {},
    };
    const error = await failureOf(newClient({ selector }).unary(SERVICE, hello, {}, { timeoutMs: 30 }));
    expect(error.code).toBe(408);
    expect(reports).toEqual([]);
  });
});

describe("retries", () => {
  /** Fails the first `failures` calls. */
  const flaky = (failures: number, error: () => Error) => {
    let calls = 0;
    return {
      hello: () => {
        calls += 1;
        if (calls <= failures) throw error();
        return { name: `call ${calls}` };
      },
      get calls() {
        return calls;
      },
    };
  };
  const away = () => unavailable(SERVICE, "not now");

  async function call(handler: object, method: typeof hello, options: CallOptions = {}) {
    const server = await startServer(handler);
    const selector = listSelector(nodeOf("a", server.address as string));
    return newClient({ selector }).unary(SERVICE, method, {}, options);
  }

  test("when a method may be repeated and is unavailable then it is called again", async () => {
    expect(await call(flaky(1, away), idempotent)).toEqual({ name: "call 2" });
  });

  test("when the schema does not say that a method may be repeated then it is called once", async () => {
    const handler = flaky(1, away);
    expect((await failureOf(call(handler, hello))).code).toBe(503);
    expect(handler.calls).toBe(1);
  });

  test("when the failure is the call's own fault then it is not repeated", async () => {
    const handler = flaky(1, () => new TypeError("a bug"));
    expect((await failureOf(call(handler, idempotent))).code).toBe(500);
    expect(handler.calls).toBe(1);
  });

  test("when retries are used up then the error keeps every attempt", async () => {
    const error = await failureOf(call(flaky(9, away), idempotent, { retries: 2 }));
    expect(error.attempts).toHaveLength(3);
  });

  test("when retries are 0 then there are none", async () => {
    const handler = flaky(1, away);
    await failureOf(call(handler, idempotent, { retries: 0 }));
    expect(handler.calls).toBe(1);
  });

  test("when a connection breaks in the middle then only a repeatable method is called again", async () => {
    // A server that speaks HTTP/2 up to the call and then dies.
    const handler = new GreeterHandler();
    const dying = await startServer({ hello: () => new Promise(() => {}), hang: handler.hang });
    const healthy = await startServer();
    const selector = listSelector(
      nodeOf("dying", dying.address as string),
      nodeOf("healthy", healthy.address as string),
    );
    const client = newClient({ selector });
    const call = client.unary(SERVICE, idempotent, { name: "Ada" });
    setTimeout(() => void dying.stop({ graceMs: 0 }), 50);
    expect(await call).toEqual({ name: "Hello Ada" });
  });
});

describe("channels", () => {
  /** TCP that counts. */
  const counting = () => {
    const counted = { dials: 0 };
    const transport: Transport = {
      ...tcp,
      dial(address, options) {
        counted.dials += 1;
        return tcp.dial(address, options);
      },
    };
    return { counted, transport };
  };

  test("when many calls start at once then they share one connection", async () => {
    const server = await startServer();
    const { counted, transport } = counting();
    const client = newClient({ transport });
    const at = { address: server.address as string };
    await Promise.all(Array.from({ length: 20 }, () => client.unary(SERVICE, hello, {}, at)));
    expect(counted.dials).toBe(1);
  });

  test("when a registered node is where no service can be then it is never dialled and another answers", async () => {
    const dialled: string[] = [];
    const transport: Transport = {
      ...tcp,
      dial(address, options) {
        dialled.push(address);
        // Nothing but loopback leaves this test, whatever the client does.
        if (!address.startsWith("127.0.0.1:")) throw new Error("dialled");
        return tcp.dial(address, options);
      },
    };
    const poison = ["169.254.169.254:80", "[::ffff:a9fe:a9fe]:80", "0.0.0.0:80", "127.0.0.1:0"];
    const { address = "" } = await startServer();
    const selector = listSelector(
      ...poison.map((at, index) => nodeOf(`poison ${index}`, at)),
      nodeOf("alive", address),
    );
    const client = newClient({ transport, selector });
    expect(await client.unary(SERVICE, hello, { name: "Ada" })).toEqual({ name: "Hello Ada" });
    await expect(client.unary(SERVICE, hello, {}, { address: poison[0] as string })).rejects.toMatchObject({
      code: 503,
      detail: "169.254.169.254:80 is no address that a service can have",
    });
    expect(dialled).toEqual([address]);
  });

  test("when an option allows an address then it is dialled", async () => {
    const dialled: string[] = [];
    const transport: Transport = {
      ...tcp,
      async dial(address) {
        dialled.push(address);
        throw new Error("not in a test");
      },
    };
    const client = newClient({ transport, retries: 0, isDialable: () => true });
    await expect(client.unary(SERVICE, hello, {}, { address: "169.254.1.1:80" })).rejects.toThrow(
      "not in a test",
    );
    expect(dialled).toEqual(["169.254.1.1:80"]);
  });

  test("when a server came back at the same address then the next call dials anew", async () => {
    const first = await startServer();
    const address = first.address as string;
    const { counted, transport } = counting();
    const client = newClient({ transport });
    await client.unary(SERVICE, hello, {}, { address });
    await first.stop();
    const second = createServer({ name: SERVICE, address, transport: tcp });
    second.handle(Greeter, new GreeterHandler());
    await second.start();
    cleanups.push(() => second.stop({ graceMs: 0 }));
    expect(await client.unary(SERVICE, hello, { name: "again" }, { address })).toEqual({
      name: "Hello again",
    });
    expect(counted.dials).toBe(2);
  });

  test("when a connection is idle for its time to live then it is closed", async () => {
    const server = await startServer();
    const { counted, transport } = counting();
    let closed: Promise<void> | undefined;
    const watched: Transport = {
      ...transport,
      async dial(address, options) {
        const connection = await transport.dial(address, options);
        closed = new Promise((resolve) => connection.once("close", () => resolve()));
        return connection;
      },
    };
    const client = newClient({ transport: watched, poolTtlMs: 100 });
    await client.unary(SERVICE, hello, {}, { address: server.address as string });
    await closed;
    await client.unary(SERVICE, hello, {}, { address: server.address as string });
    expect(counted.dials).toBe(2);
  });

  test("when the client is closed then calls fail", async () => {
    const client = createClient({ transport: tcp });
    await client.close();
    const error = await failureOf(client.unary(SERVICE, hello, {}, { address: "127.0.0.1:1" }));
    expect(error.detail).toContain("closed");
  });

  test("when the peer accepts and says nothing then the call fails within the dial time", async () => {
    const silent = createTcpServer((socket) => socket.resume());
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => new Promise((resolve) => silent.close(resolve)));
    const { port } = silent.address() as { port: number };
    const error = await failureOf(
      newClient({ retries: 0 }).unary(SERVICE, hello, {}, { address: `127.0.0.1:${port}` }),
    );
    expect(error.code).toBe(503);
    expect(error.detail).toContain("SETTINGS");
  });
});

describe("what speaks against a node", () => {
  test("when a call takes too long then it is an error, not yet a failure", async () => {
    const server = await startServer();
    const selector = listSelector(nodeOf("a", server.address as string));
    const client = newClient({ selector });
    for (const protocol of ["grpc", "json"]) {
      const call = client.unary(SERVICE, Greeter.methods.hang, {}, { timeoutMs: 200, protocol });
      expect((await failureOf(call)).code).toBe(408);
    }
    expect(selector.reports).toEqual([
      ["a", "error"],
      ["a", "error"],
    ]);
  });

  test("when it passes on the failure of a call of its own then it is an error, not yet a failure", async () => {
    const dead = await deadAddress();
    const inner = newClient({});
    const hello = () => inner.unary(SERVICE, Greeter.methods.hello, {}, { address: dead });
    const server = await startServer({ hello });
    const selector = listSelector(nodeOf("a", server.address as string));
    const error = await failureOf(newClient({ selector }).unary(SERVICE, Greeter.methods.hello, {}));
    expect(error).toMatchObject({ code: 503, detail: expect.stringContaining("needs, is not available") });
    expect(selector.reports).toEqual([["a", "error"]]);
  });

  test("when a service of this process passes such a failure on then it is not called again", async () => {
    const dead = await deadAddress();
    const inner = newClient({});
    let calls = 0;
    const hello = () => {
      calls += 1;
      return inner.unary(SERVICE, Greeter.methods.hello, {}, { address: dead });
    };
    const server = await startServer({ hello });
    const client = newClient({ localService: () => server.dispatcher });
    expect((await failureOf(client.unary(SERVICE, Greeter.methods.hello, {}))).code).toBe(503);
    expect(calls).toBe(1);
  });

  test("when its answer cannot be read then it does not", async () => {
    const server = await startServer();
    const selector = listSelector(nodeOf("a", server.address as string));
    const output = {
      ...hello.output,
      fromJsonString: () => expect.fail("unreadable"),
      decode: () => expect.fail("unreadable"),
    };
    const unreadable = { ...hello, output: output as never };
    for (const protocol of ["grpc", "json"]) {
      const call = newClient({ selector }).unary(SERVICE, unreadable, {}, { protocol });
      expect((await failureOf(call)).code).toBe(500);
    }
    expect(selector.reports.map(([, outcome]) => outcome)).toEqual(["success", "success"]);
  });

  test("when a call gives up before the dial ends then the dial's end tells, and nothing stays on loan", async () => {
    const server = await startServer();
    let proceed = () => {};
    let unused: Promise<unknown> | undefined;
    const slow: Transport = {
      ...tcp,
      async dial(address, options) {
        await new Promise<void>((resolve) => {
          proceed = resolve;
        });
        const connection = await tcp.dial(address, options);
        unused = once(connection, "close");
        return connection;
      },
    };
    const selector = listSelector(nodeOf("a", server.address as string));
    let told = (_: Outcome) => {};
    const outcome = new Promise<Outcome>((resolve) => {
      told = resolve;
    });
    const client = newClient({
      selector: { ...selector, report: (_, reported) => told(reported) },
      transport: slow,
      poolTtlMs: 50,
    });
    expect((await failureOf(client.unary(SERVICE, hello, {}, { timeoutMs: 20 }))).code).toBe(408);
    proceed();
    expect(await outcome).toBe("success");
    await unused;
  });

  test("when metadata is larger than a node takes then the call never leaves", async () => {
    const server = await startServer();
    const selector = listSelector(nodeOf("a", server.address as string));
    const metadata = { big: "x".repeat(16_000) };
    const error = await failureOf(newClient({ selector }).unary(SERVICE, hello, {}, { metadata }));
    expect(error).toMatchObject({ code: 431, detail: expect.stringContaining("15360") });
    expect(selector.picked).toEqual([]);
  });
});

describe("interceptors", () => {
  test("when several are listed then the first is outermost, for messages and streams", async () => {
    const server = await startServer();
    const order: string[] = [];
    const named =
      (name: string): ClientInterceptor =>
      (next) =>
      async (call) => {
        order.push(`${name} in ${call.method.name}`);
        const result = await next(call);
        order.push(`${name} out`);
        return result;
      };
    const client = newClient({ interceptors: [named("outer"), named("inner")] });
    const at = { address: server.address as string };
    await client.unary(SERVICE, hello, {}, at);
    expect(order.splice(0)).toEqual(["outer in Hello", "inner in Hello", "inner out", "outer out"]);
    await namesOf(client.serverStream(SERVICE, Greeter.methods.count, { name: "2" }, at));
    expect(order).toEqual(["outer in Count", "inner in Count", "inner out", "outer out"]);
  });

  test("when an interceptor changes the request and adds metadata then the server gets those", async () => {
    const handler = new GreeterHandler();
    const server = await startServer({ hello: handler.hello.bind(handler) });
    const client = newClient({
      interceptors: [
        (next) => (call) => {
          call.metadata.set("token", "secret");
          return next({ ...call, request: { name: "Grace" } });
        },
      ],
    });
    const answer = await client.unary(SERVICE, hello, { name: "Ada" }, { address: server.address as string });
    expect(answer).toEqual({ name: "Hello Grace" });
    expect(handler.contexts[0]?.metadata.get("token")).toBe("secret");
  });

  test("when an interceptor answers itself then nobody is called", async () => {
    const client = newClient({ interceptors: [() => async () => ({ name: "cached" })] });
    expect(await client.unary(SERVICE, hello, {})).toEqual({ name: "cached" });
  });
});

describe("JSON methods", () => {
  test.each(["grpc", "json"])(
    "when no schema is known then JSON text goes and comes over %s",
    async (protocol) => {
      const server = await startServer();
      const at = { address: server.address as string, protocol };
      const answer = await newClient({}).unary(SERVICE, jsonMethod("Greeter.Hello"), '{"name":"Ada"}', at);
      expect(JSON.parse(answer)).toEqual({ name: "Hello Ada" });
    },
  );

  test("when the service is in this process then JSON text works too", async () => {
    const server = await startServer();
    const client = newClient({ localService: () => server.dispatcher });
    const answer = await client.unary(SERVICE, jsonMethod("greeter.Greeter/Hello"), '{"name":"Ada"}');
    expect(JSON.parse(answer)).toEqual({ name: "Hello Ada" });
  });

  test("when it streams then every message is JSON text", async () => {
    const server = await startServer();
    const at = { address: server.address as string };
    const heard: string[] = [];
    async function* said() {
      yield '{"name":"a"}';
      yield '{"name":"bye"}';
    }
    for await (const text of newClient({}).bidiStream(
      SERVICE,
      jsonMethod("Greeter.Chat", "bidiStream"),
      said(),
      at,
    ))
      heard.push(text);
    expect(heard.map((text) => JSON.parse(text))).toEqual([{ name: "you said a" }]);
  });

  test("when the text is no JSON then the service answers 400", async () => {
    const server = await startServer();
    const at = { address: server.address as string };
    const error = await failureOf(newClient({}).unary(SERVICE, jsonMethod("Greeter.Hello"), "{name", at));
    expect(error.code).toBe(400);
  });

  test.each(["Greeter", "", "a/b/c!", "Greeter.Hello.More", "Greeter/"])(
    "when %j is given as endpoint then it is refused",
    (endpoint) => {
      expect(() => jsonMethod(endpoint)).toThrow(TypeError);
    },
  );
});

test("when a peer falls silent then the connection is given up after a call timed out", async () => {
  const server = await startServer();
  let connection: import("node:stream").Duplex | undefined;
  const silenced: Transport = {
    ...tcp,
    async dial(address, options) {
      connection = await tcp.dial(address, options);
      return connection;
    },
  };
  const client = newClient({ transport: silenced });
  const at = { address: server.address as string };
  await client.unary(SERVICE, hello, {}, at);
  const first = connection;
  // As if the machine behind it had vanished: what we write goes nowhere, nothing comes back.
  (first as unknown as { _handle: { readStop(): void } })._handle.readStop();
  const gone = new Promise((resolve) => first?.once("close", resolve));
  await failureOf(client.unary(SERVICE, hello, {}, { ...at, timeoutMs: 50, retries: 0 }));
  await gone;
  expect(await client.unary(SERVICE, hello, { name: "anew" }, at)).toEqual({ name: "Hello anew" });
  expect(connection).not.toBe(first);
});

test("when a node is killed with 16 repeatable calls in flight then none of them fails", async () => {
  const accepted: Socket[] = [];
  let calls = 0;
  const killable = createServer({
    name: SERVICE,
    address: "127.0.0.1:0",
    transport: {
      ...tcp,
      listen: (address, onConnection) =>
        tcp.listen(address, (connection, remote) => {
          accepted.push(connection as Socket);
          onConnection(connection, remote);
        }),
    },
  });
  const inFlight = new Promise<void>((resolve) => {
    const hello = () => {
      calls += 1;
      if (calls === 8) resolve();
      return new Promise<never>(() => {});
    };
    killable.handle(Greeter, Object.assign(new GreeterHandler(), { hello }) as never);
  });
  await killable.start();
  cleanups.push(() => killable.stop({ graceMs: 0 }));
  const survivor = await startServer();
  const selector = listSelector(
    nodeOf("killed", killable.address as string),
    nodeOf("survivor", survivor.address as string),
  );
  const client = newClient({ selector });
  const answers = Promise.all(
    Array.from({ length: 16 }, (_, i) => client.unary(SERVICE, idempotent, { name: String(i) })),
  );
  await inFlight;
  for (const socket of accepted) socket.resetAndDestroy();
  expect((await answers).map(({ name }) => name)).toEqual(Array.from({ length: 16 }, (_, i) => `Hello ${i}`));
  expect(selector.reports).toHaveLength(selector.picked.length);
});
