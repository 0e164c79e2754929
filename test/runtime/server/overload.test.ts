import { afterEach, describe, expect, test } from "vitest";
import {
  type Client,
  createClient,
  createDebugClient,
  currentContext,
  MicroError,
} from "../../../src/runtime/index.ts";
import { createServer, type Server, type ServerOptions } from "../../../src/runtime/server/index.ts";
import { createTcpTransport } from "../../../src/runtime/transport/index.ts";
import { Greeter, GreeterHandler } from "../protocol/greeter.ts";
import { startGreeter, tell, virtualNetwork } from "../testing/greeter-network.ts";

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
