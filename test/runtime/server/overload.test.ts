import { connect } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  type Client,
  createClient,
  createDebugClient,
  currentContext,
  MicroError,
} from "../../../src/runtime/index.ts";
import type { ServerStreamMethod } from "../../../src/runtime/protobuf/index.ts";
import { sleep } from "../../../src/runtime/registry/index.ts";
import { createServer, type Server, type ServerOptions } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler, type Hello } from "../protocol/greeter.ts";
import { offer, startGreeter, tell, virtualNetwork } from "../testing/greeter-network.ts";

const NAME = "go.micro.srv.greeter";
const transport = createTcpTransport();
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(options: Partial<ServerOptions>, handler: object = {}): Promise<Server> {
  const server = createServer({ name: NAME, address: "127.0.0.1:0", transport, ...options });
  server.handle(Greeter, Object.assign(new GreeterHandler(), handler));
  await server.start();
  cleanups.push(() => server.stop({ graceMs: 0 }));
  return server;
}

function clientOf(): Client {
  const client = createClient({ transport, retries: 0 });
  cleanups.push(() => client.close());
  return client;
}

const failureOf = (call: Promise<unknown>): Promise<MicroError> =>
  call.then(
    () => expect.fail("the call succeeded"),
    (error: MicroError) => error,
  );

describe.each(["grpc", "grpc-web", "connect", "json"])("over %s", (protocol) => {
  test("when a server works on as many calls as it may then another is refused with a hint, and later ones are not", async () => {
    const waiting: (() => void)[] = [];
    const hello = async (request: object) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return request;
    };
    const server = await serve({ maxConcurrentCalls: 2 }, { hello });
    const client = clientOf();
    const options = { address: server.address as string, protocol };
    const call = () => client.unary(NAME, Greeter.methods.hello, { name: "x" }, options);
    const taken = [call(), call()];
    await expect.poll(() => waiting.length).toBe(2);
    expect(await failureOf(call())).toMatchObject({
      id: NAME,
      code: 503,
      detail: "2 calls are being worked on, which is the limit (maxConcurrentCalls)",
      retryAfterMs: expect.any(Number),
    });
    for (const release of waiting.splice(0)) release();
    await Promise.all(taken);
    const after = call();
    await expect.poll(() => waiting.length).toBe(1);
    waiting[0]?.();
    await after;
  });

  test.each([
    [250, 250],
    [0, 0],
    [-1, -1],
    [1e15, 3_600_000],
  ])("when a handler says to come again after %d ms then the caller hears %d", async (said, heard) => {
    const hello = () => {
      throw new MicroError({ id: NAME, code: 429, detail: "slow down", retryAfterMs: said });
    };
    const server = await serve({}, { hello });
    const options = { address: server.address as string, protocol };
    const error = await failureOf(clientOf().unary(NAME, Greeter.methods.hello, {}, options));
    expect(error).toMatchObject({ code: 429, detail: "slow down", retryAfterMs: heard });
  });
});

test("when HTTP is spoken then the hint is Retry-After, in whole seconds", async () => {
  const server = await serve({ maxConcurrentCalls: 1 }, { hello: () => new Promise(() => {}) });
  const url = `http://${server.address}/greeter.Greeter/Hello`;
  const init = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
  const cut = new AbortController();
  const hanging = fetch(url, { ...init, signal: cut.signal }).catch(() => {});
  let answer: Response;
  do {
    answer = await fetch(url, { ...init, signal: AbortSignal.timeout(2_000) });
  } while (answer.status !== 503);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
  cut.abort();
  await hanging;
});

test("when a server is full then its health can still be asked", async () => {
  await using net = virtualNetwork();
  const waiting: (() => void)[] = [];
  const full = await startGreeter(
    net,
    "d",
    async (request) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return request;
    },
    { maxConcurrentCalls: 1 },
  );
  const taken = net.client.unary("d", tell, {});
  await net.advance(0);
  await expect(net.client.unary("d", tell, {}, { retries: 0 })).rejects.toMatchObject({ code: 503 });
  expect(await createDebugClient(net.client, full.name).health({})).toMatchObject({ status: "ok" });
  waiting[0]?.();
  await net.run(taken);
});

test("when a caller sets a deadline that is days away then its handler is ended after ten minutes all the same", async () => {
  await using net = virtualNetwork();
  let ended: number | undefined;
  await startGreeter(net, "d", () => {
    currentContext()?.signal.addEventListener("abort", () => {
      ended = net.clock.now();
    });
    return new Promise(() => {});
  });
  const error = failureOf(net.client.unary("d", tell, {}, { timeoutMs: 1e9 }));
  await net.advance(600_000);
  expect(await error).toMatchObject({
    id: "d",
    code: 408,
    detail: "greeter.Greeter/Tell took longer than 600000 ms (maxHandlerMs)",
  });
  expect(ended).toBe(600_000);
  expect(net.waitedTimers).toBe(0);
});

test("when three times as much is asked for as can be done then as much is done as can be, and the rest is refused at once", async () => {
  await using net = virtualNetwork();
  // One worker that takes 10 ms a call: a hundred a second.
  let free = Promise.resolve();
  const work = () => {
    free = free.then(() => sleep(net.clock, 10));
    return free;
  };
  await startGreeter(
    net,
    "d",
    async (request) => {
      await work();
      return request;
    },
    { maxConcurrentCalls: 50 },
  );
  const refusedAfter: number[] = [];
  const results = await offer(net, { perSecond: 300, seconds: 10 }, async () => {
    const begun = net.clock.now();
    try {
      return await net.client.unary("d", tell, {}, { timeoutMs: 1000, retries: 0 });
    } catch (error) {
      const { code, retryAfterMs } = error as MicroError;
      if (code === 503 && (retryAfterMs ?? 0) > 0) refusedAfter.push(net.clock.now() - begun);
      throw error;
    }
  });
  const done = results.filter(({ status }) => status === "fulfilled").length;
  expect(done).toBeGreaterThanOrEqual(990);
  expect(refusedAfter).toHaveLength(3000 - done);
  expect(Math.max(...refusedAfter)).toBe(0);
});

describe("when handlers ignore their signal for good", () => {
  const watch = { ...tell, name: "Watch", kind: "serverStream" } as unknown as ServerStreamMethod<
    Hello,
    Hello
  >;
  /** Two places, and handlers that end when they are told to, whatever their signal says. */
  async function stuck() {
    const net = virtualNetwork();
    const lines: string[] = [];
    const line = (text: string) => void lines.push(text);
    const ends: (() => void)[] = [];
    const hang = () => new Promise<void>((resolve) => ends.push(resolve));
    await net.service({
      name: "d",
      maxConcurrentCalls: 2,
      logger: { info: line, warn: line, error: line },
      setup: ({ server }) =>
        server.handle(
          { typeName: "greeter.Greeter", methods: { tell, watch } },
          {
            async tell(request) {
              if (request.name === "hang") await hang();
              return request;
            },
            async *watch(request) {
              yield request;
              await hang();
            },
          },
        ),
    });
    const options = { timeoutMs: 100, retries: 0 };
    const call = (name: string) => net.client.unary("d", tell, { name }, options);
    async function streamed(): Promise<void> {
      for await (const _ of net.client.serverStream("d", watch, {}, options));
    }
    return { net, lines, ends, call, streamed };
  }

  test.each(["unary", "stream"])(
    "then a %s call keeps its place for a minute, and that is told; the next are taken again",
    async (kind) => {
      const { net, lines, ends, call, streamed } = await stuck();
      const hanging = kind === "unary" ? () => call("hang") : streamed;
      for (const hung of [hanging(), hanging()])
        expect(await net.run(failureOf(hung))).toMatchObject({ code: 408 });
      await net.advance(59_000);
      expect(await net.run(failureOf(call("x")))).toMatchObject({ code: 503 });
      await net.advance(1_100);
      const path = `greeter.Greeter/${kind === "unary" ? "Tell" : "Watch"}`;
      expect(lines).toEqual([
        `d: 2 handlers of ${path} work on 60000 ms after their callers left: they ignore context.signal; their places are given to others`,
      ]);
      expect(await net.run(call("x"))).toMatchObject({ name: "x" });
      for (const end of ends) end();
      await net.close();
      expect(net.waitedTimers).toBe(0);
    },
  );

  test("then there are never more of them than places: what hangs beyond keeps its own until one ends", async () => {
    const { net, lines, ends, call } = await stuck();
    for (let round = 0; round < 2; round++) {
      for (const hung of [call("hang"), call("hang")]) await net.run(failureOf(hung));
      await net.advance(60_000);
    }
    await net.advance(600_000);
    expect(await net.run(failureOf(call("x")))).toMatchObject({ code: 503 });
    expect(lines).toHaveLength(1);
    ends[0]?.();
    await net.advance(1);
    expect(await net.run(call("x"))).toMatchObject({ name: "x" });
    for (const end of ends) end();
    await net.close();
  });
});

describe("when callers no longer wait for handlers that work on", () => {
  const inFrame = (text: string) => {
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(text.length, 1);
    return Buffer.concat([prefix, Buffer.from(text)]);
  };
  const post =
    (headers: Record<string, string>, body: Uint8Array, method = "Hello") =>
    async (server: Server) => {
      const init = { method: "POST", headers, body: Uint8Array.from(body) };
      return (await fetch(`http://${server.address}/greeter.Greeter/${method}`, init)).text();
    };
  /** Longer than it takes to dial and to call the handler on a busy machine. */
  const timeoutMs = 200;
  const viaClient = (protocol: string) => async (server: Server) => {
    const options = { address: server.address as string, protocol, timeoutMs };
    return String(
      await clientOf()
        .unary(NAME, Greeter.methods.hello, {}, options)
        .catch((error) => error),
    );
  };
  const viaMucpStream = async (server: Server) => {
    const options = { address: server.address as string, protocol: "mucp", timeoutMs };
    try {
      for await (const _ of clientOf().serverStream(NAME, Greeter.methods.count, {}, options));
    } catch (error) {
      return String(error);
    }
    return "";
  };
  const connectJson = { "content-type": "application/json", "connect-protocol-version": "1" };
  const webJson = { "content-type": "application/grpc-web+json", "grpc-timeout": "20m" };

  const inside = (server: Server) => {
    const client = createClient({ localService: () => server.dispatcher, retries: 0 });
    cleanups.push(() => client.close());
    return client;
  };
  const direct = async (server: Server) =>
    String(
      await inside(server)
        .unary(NAME, Greeter.methods.hello, {}, { timeoutMs })
        .catch((error) => error),
    );
  const directStream = async (server: Server) => {
    try {
      for await (const _ of inside(server).serverStream(NAME, Greeter.methods.count, {}, { timeoutMs }));
    } catch (error) {
      return String(error);
    }
    return "";
  };

  test.each([
    ["Connect, by their deadlines", post({ ...connectJson, "connect-timeout-ms": "20" }, Buffer.from("{}"))],
    ["gRPC-Web, by their deadlines", post(webJson, inFrame("{}"))],
    ["gRPC-Web streams, by their deadlines", post(webJson, inFrame("{}"), "Count")],
    ["gRPC", viaClient("grpc")],
    ["mucp", viaClient("mucp")],
    ["mucp streams", viaMucpStream],
    ["no wire", direct],
    ["no wire, streams", directStream],
  ])(
    "over %s, then the handlers count until they end, and stopping does not wait for them",
    async (_, leave) => {
      const waiting: (() => void)[] = [];
      const work = () => new Promise<void>((resolve) => waiting.push(resolve));
      const server = await serve(
        { maxConcurrentCalls: 2 },
        {
          async hello(request: object) {
            await work();
            return request;
          },
          async *count(request: object) {
            await work();
            yield request;
          },
        },
      );
      await Promise.all([leave(server), leave(server)]);
      expect(waiting).toHaveLength(2);
      const third = await leave(server);
      expect([third, waiting.length]).toEqual([expect.stringContaining("maxConcurrentCalls"), 2]);
      for (const release of waiting.splice(0)) release();
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
      await leave(server);
      expect(waiting).toHaveLength(1);
      await server.stop({ graceMs: 600_000 });
    },
  );
});

test.each(["grpc", "grpc-web", "connect", "mucp"])(
  "when callers over %s leave handlers that do not notice then stopping does not wait for these",
  async (protocol) => {
    const controller = new AbortController();
    let release: (() => void) | undefined;
    const server = await serve(
      {},
      {
        async *count() {
          yield { name: "1" };
          await new Promise<void>((resolve) => {
            release = resolve;
          });
        },
      },
    );
    const left = vi.spyOn(server.dispatcher, "leave");
    const options = { address: server.address as string, protocol, signal: controller.signal };
    const answers = clientOf().serverStream(NAME, Greeter.methods.count, {}, options);
    await answers[Symbol.asyncIterator]().next();
    controller.abort();
    await expect.poll(() => left.mock.calls).toHaveLength(1);
    await server.stop({ graceMs: 600_000 });
    release?.();
  },
);

test("when a caller inside the process aborts a stream and never looks at it again then the call counts no longer", async () => {
  const server = await serve({});
  const ended = vi.spyOn(server.dispatcher, "end");
  const client = createClient({ localService: () => server.dispatcher });
  cleanups.push(() => client.close());
  const controller = new AbortController();
  const { signal } = controller;
  const answers = client.serverStream(NAME, Greeter.methods.forever, { name: "x" }, { signal });
  await answers[Symbol.asyncIterator]().next();
  expect(ended).not.toHaveBeenCalled();
  controller.abort();
  await expect.poll(() => ended.mock.calls).not.toEqual([]);
});

test("when callers leave before their requests are complete then they count no longer", async () => {
  const server = await serve({ maxConcurrentCalls: 1 });
  const begun = vi.spyOn(server.dispatcher, "begin");
  const ended = vi.spyOn(server.dispatcher, "end");
  const [host, port] = (server.address as string).split(":");
  const socket = connect(Number(port), host);
  socket.write(
    "POST /greeter.Greeter/Hello HTTP/1.1\r\nHost: x\r\nContent-Type: application/grpc-web+json\r\nContent-Length: 9\r\n\r\n\0",
  );
  await expect.poll(() => begun.mock.calls.length).toBe(1);
  socket.destroy();
  await expect.poll(() => ended.mock.calls).toEqual(begun.mock.calls);
});
