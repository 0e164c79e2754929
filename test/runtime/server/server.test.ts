import { afterEach, describe, expect, test } from "vitest";
import { createClient } from "../../../src/runtime/client/index.ts";
import { currentContext } from "../../../src/runtime/context/index.ts";
import { createServer, type Server, type ServerInterceptor } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler, namesOf } from "../protocol/greeter.ts";

const NAME = "go.micro.srv.greeter";
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop({ graceMs: 0 });
});

function newServer(interceptors: ServerInterceptor[] = []): Server {
  const server = createServer({ name: NAME, interceptors, logger: { error() {} } });
  servers.push(server);
  return server;
}

const clientOf = (server: Server) => createClient({ localService: () => server.dispatcher });

describe("handlers", () => {
  test("when a service is handled twice then it is refused by name", () => {
    const server = newServer();
    server.handle(Greeter, new GreeterHandler());
    expect(() => server.handle(Greeter, new GreeterHandler())).toThrow(
      "greeter.Greeter has a handler already",
    );
  });

  test("when a handler lacks a method then it is refused by name", () => {
    const { hello: _, ...rest } = Object.fromEntries(
      Object.keys(Greeter.methods).map((key) => [key, () => ({ name: "" })]),
    );
    expect(() => newServer().handle(Greeter, rest as never)).toThrow(
      "the handler of greeter.Greeter has no method hello",
    );
  });

  test("when handlers are added then the server lists their endpoints", () => {
    const server = newServer();
    server.handle(Greeter, new GreeterHandler(), { internal: true, metadata: { hello: { auth: "none" } } });
    expect(server.methods.map(({ endpoint }) => endpoint)).toContain("Greeter.Hello");
    expect(server.methods[0]).toMatchObject({ internal: true, metadata: { auth: "none" } });
  });

  test.each([
    ["greeter.Greeter", "Helo", "unknown method Helo of greeter.Greeter; did you mean Hello?"],
    ["go.micro.srv.greeter.Greeter", "Helo", "unknown method Helo of greeter.Greeter; did you mean Hello?"],
    ["greeter.Greter", "Hello", "unknown service greeter.Greter; did you mean Greeter?"],
  ])(
    "when %s/%s is called then the error names the schema's service and what was meant",
    async (service, name, detail) => {
      const server = newServer();
      server.handle(Greeter, new GreeterHandler());
      await expect(
        clientOf(server).unary(NAME, { ...Greeter.methods.hello, service, name }, {}),
      ).rejects.toMatchObject({ code: 501, detail });
    },
  );

  test("when two services share a short name then the short form fails naming both, the full names work", async () => {
    const server = newServer();
    const rename = (typeName: string) => ({
      typeName,
      methods: Object.fromEntries(
        Object.entries(Greeter.methods).map(([key, method]) => [key, { ...method, service: typeName }]),
      ) as unknown as typeof Greeter.methods,
    });
    server.handle(rename("a.Greeter"), new GreeterHandler());
    server.handle(rename("b.Greeter"), new GreeterHandler());
    const client = clientOf(server);
    const { hello } = Greeter.methods;
    expect(await client.unary(NAME, { ...hello, service: "b.Greeter" }, { name: "B" })).toEqual({
      name: "Hello B",
    });
    await expect(client.unary(NAME, { ...hello, service: "Greeter" }, {})).rejects.toMatchObject({
      code: 501,
      detail: expect.stringMatching(/a\.Greeter or b\.Greeter/),
    });
  });
});

describe("interceptors", () => {
  test("when several are listed then the first is outermost, and the context is there", async () => {
    const order: string[] = [];
    const named =
      (name: string): ServerInterceptor =>
      (next) =>
      async (call) => {
        order.push(`${name} in`, currentContext() === call.context ? "context" : "no context");
        const result = await next(call);
        order.push(`${name} out`);
        return result;
      };
    const server = newServer([named("outer"), named("inner")]);
    server.handle(Greeter, new GreeterHandler());
    const client = clientOf(server);
    await client.unary(NAME, Greeter.methods.hello, {});
    expect(order.splice(0)).toEqual(["outer in", "context", "inner in", "context", "inner out", "outer out"]);
    await namesOf(client.serverStream(NAME, Greeter.methods.count, { name: "1" }));
    expect(order).toEqual(["outer in", "context", "inner in", "context", "inner out", "outer out"]);
  });

  test("when they are composed then once per method, not per call", async () => {
    let composed = 0;
    const server = newServer([
      (next) => {
        composed += 1;
        return next;
      },
    ]);
    server.handle(Greeter, new GreeterHandler());
    const before = composed;
    for (let i = 0; i < 5; i++) await clientOf(server).unary(NAME, Greeter.methods.hello, {});
    expect(composed).toBe(before);
  });
});

describe("starting and stopping", () => {
  test("when the port is taken then the error is one line that names the flag", async () => {
    const transport = createTcpTransport();
    const first = createServer({ name: NAME, address: "127.0.0.1:0", transport });
    servers.push(first);
    await first.start();
    const second = createServer({ name: NAME, address: first.address, transport });
    await expect(second.start()).rejects.toThrow(
      `${first.address} is already in use; choose another with --server_address`,
    );
  });

  test("when stopped twice or before start then nothing happens", async () => {
    const server = newServer();
    await server.stop();
    await server.start();
    await server.stop();
    await server.stop();
    expect(server.address).toBeUndefined();
  });

  test("when stopping then a running call gets its answer", async () => {
    const transport = createTcpTransport();
    const server = createServer({ name: NAME, address: "127.0.0.1:0", transport });
    let finish = () => {};
    const started = new Promise<void>((begun) => {
      const handler = Object.assign(new GreeterHandler(), {
        hello: () =>
          new Promise((resolve) => {
            finish = () => resolve({ name: "finished" });
            begun();
          }),
      });
      server.handle(Greeter, handler as never);
    });
    await server.start();
    const client = createClient({ transport });
    const options = { address: server.address as string };
    const call = client.unary(NAME, Greeter.methods.hello, {}, options);
    await started;
    const stopped = server.stop();
    finish();
    expect(await call).toEqual({ name: "finished" });
    await stopped;
    await client.close();
  });

  test("when 200 streams are in full flow and the server cuts them off then all end and the process lives", async () => {
    const transport = createTcpTransport();
    const server = createServer({ name: NAME, address: "127.0.0.1:0", transport });
    const handler = new GreeterHandler();
    server.handle(Greeter, handler);
    await server.start();
    const client = createClient({ transport });
    const options = { address: server.address as string };
    const request = { name: "x".repeat(2000) };
    let flowing = 0;
    const streams = Array.from({ length: 200 }, async () => {
      for await (const _ of client.serverStream(NAME, Greeter.methods.forever, request, options))
        flowing += 1;
    });
    const ended = Promise.allSettled(streams);
    while (flowing < 2000) await new Promise(setImmediate);
    await server.stop({ graceMs: 0 });
    expect((await ended).map(({ status }) => status)).toEqual(Array(200).fill("rejected"));
    await client.close();
  });
});
