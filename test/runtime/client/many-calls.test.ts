import { afterEach, beforeEach, expect, test } from "vitest";
import { createMemoryBroker } from "../../../src/runtime/broker/index.ts";
import { createMemoryRegistry } from "../../../src/runtime/registry/index.ts";
import { createService, silentLogger } from "../../../src/runtime/service/index.ts";
import { createTestNetwork } from "../../../src/runtime/testing/index.ts";
import { createGreeterClient, Greeter } from "../service/greeter.ts";

const MANY = 20;
const back = "go.micro.srv.back";
const front = "go.micro.srv.front";
const warnings: string[] = [];
const onWarning = (warning: Error) => void warnings.push(warning.message);
const closers: (() => Promise<void>)[] = [];

beforeEach(() => void process.on("warning", onWarning));
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  process.off("warning", onWarning);
  warnings.length = 0;
});

/** Warnings are emitted a tick late. */
async function warned(): Promise<string[]> {
  await new Promise((resolve) => setImmediate(resolve));
  return warnings;
}

const calls = <T>(call: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: MANY }, (_, i) => call(i)));

test.each(["grpc", "connect", "grpc-web", "json", "mucp"])(
  "when a handler makes many calls at once by %s then Node warns of no leak",
  async (client) => {
    const common = {
      registry: createMemoryRegistry(),
      broker: createMemoryBroker(),
      address: "127.0.0.1:0",
      drainDelayMs: 0,
      args: [],
      env: {},
      logger: silentLogger,
      client,
    };
    const backService = await createService({ name: back, ...common });
    backService.server.handle(Greeter, { hello: (text) => text, fail: (text) => text });
    const frontService = await createService({ name: front, ...common });
    const toBack = createGreeterClient(frontService.client, back);
    frontService.server.handle(Greeter, {
      hello: async (text) => {
        await calls(() => toBack.hello(text));
        return text;
      },
      fail: (text) => text,
    });
    for (const service of [backService, frontService]) {
      await service.start();
      closers.push(() => service.stop());
    }
    const options = { address: frontService.address as string, signal: new AbortController().signal };
    await calls(() => backService.client.unary(front, Greeter.methods.hello, { text: "Ada" }, options));
    expect(await warned()).toEqual([]);
  },
);

test.each([
  ["without faults", {}],
  ["with faults", { delayMs: 1 }],
])("when a test makes many calls at once %s then Node warns of no leak", async (_, fault) => {
  const network = createTestNetwork();
  closers.push(() => network.close());
  await network.service({
    name: back,
    setup: ({ server }) => server.handle(Greeter, { hello: (text) => text, fail: (text) => text }),
  });
  if (Object.keys(fault).length > 0) network.inject(fault);
  const greeter = createGreeterClient(network.client, back);
  await calls(() => greeter.hello({ text: "Ada" }));
  expect(await warned()).toEqual([]);
});

test("when a service of a test makes many calls at once to another one then Node warns of no leak", async () => {
  const network = createTestNetwork();
  closers.push(() => network.close());
  await network.service({
    name: back,
    setup: ({ server }) => server.handle(Greeter, { hello: (text) => text, fail: (text) => text }),
  });
  const { client } = await network.service({ name: front });
  const greeter = createGreeterClient(client, back);
  await calls(() => greeter.hello({ text: "Ada" }));
  expect(await warned()).toEqual([]);
});
