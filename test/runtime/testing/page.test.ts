// Everything that docs/testing.md shows, in the same words: changed there, it is to be changed here.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { currentContext, MicroError, type Service } from "@micro-service/runtime";
import { createTestNetwork, forEachSeed, standIn, type TestNetwork } from "@micro-service/runtime/testing";
import { afterAll as after, beforeAll as before, describe, expect, test } from "vitest";
import {
  createGreeterClient,
  type GreeterClient,
  type GreeterHandler,
  Greeter as GreeterService,
  registerGreeterHandler,
} from "../../fixtures/greeter/expected/greeter.service.ts";
import type { HelloRequest } from "../../fixtures/greeter/expected/greeter.ts";
import { HelloResponse } from "../../fixtures/greeter/expected/greeter.ts";
import { missingIn } from "../../support/page-code.ts";

/** The handler of a generated project. */
class Greeter implements GreeterHandler {
  hello(request: { readonly name: string }): { msg: string } {
    return { msg: `Hello ${request.name}` };
  }
  async *count(): AsyncGenerator<never> {}
  async gather(): Promise<{ msg: string }> {
    return { msg: "" };
  }
  async *chat(): AsyncGenerator<never> {}
}

/** The handler of a generated API. */
class GreeterApi extends Greeter implements GreeterHandler {
  readonly #greeter: GreeterClient;

  constructor(greeter: GreeterClient) {
    super();
    this.#greeter = greeter;
  }

  override hello(request: HelloRequest): never {
    return this.#greeter.hello(request) as never;
  }
}

test("when the page shows code then it is code that runs here", () => {
  expect(missingIn("docs/testing.md", "test/runtime/testing/page.test.ts")).toEqual([]);
});

describe("a service", () => {
  const network = createTestNetwork({ time: "virtual" });
  const greeter = createGreeterClient(network.client, "go.micro.srv.greeter");

  before(() =>
    network.service({
      name: "go.micro.srv.greeter",
      setup: (service) => registerGreeterHandler(service.server, new Greeter()),
    }),
  );
  after(() => network.close());

  test("when Ada asks then she is greeted", async () => {
    assert.equal((await greeter.hello({ name: "Ada" })).msg, "Hello Ada");
  });
});

test("a service that calls another", async () => {
  const network = createTestNetwork();
  const fakeGreeter = standIn(GreeterService, { hello: () => ({ msg: "stub" }) });

  await network.service({
    name: "go.micro.srv.greeter",
    setup: (service) => registerGreeterHandler(service.server, fakeGreeter),
  });
  await network.service({
    name: "go.micro.api.greeter",
    setup: (service) => {
      const greeter = createGreeterClient(service.client, "go.micro.srv.greeter");
      registerGreeterHandler(service.server, new GreeterApi(greeter));
    },
  });
  const api = createGreeterClient(network.client, "go.micro.api.greeter");
  expect(await api.hello({ name: "Ada" })).toEqual({ msg: "stub" });
  await network.close();
});

test("a web service", async () => {
  const network = createTestNetwork();
  await network.service({
    name: "go.micro.srv.greeter",
    setup: (service) => registerGreeterHandler(service.server, new Greeter()),
  });
  const createApp = (greeter: GreeterClient) => {
    const server = createServer(async (request, response) => {
      const name = new URL(request.url ?? "", "http://x").searchParams.get("name") ?? "";
      response.end((await greeter.hello({ name })).msg);
    });
    return (...exchange: Parameters<Parameters<typeof createServer>[1] & object>) =>
      void server.emit("request", ...exchange);
  };
  const web = await network.web({
    name: "go.micro.web.greeter",
    setup: (service) =>
      service.handle(createApp(createGreeterClient(service.client, "go.micro.srv.greeter"))),
  });
  const response = await fetch(`${web.url}/hello?name=Ada`);
  expect(await response.text()).toBe("Hello Ada");
  await network.close();
});

test("events", async () => {
  const network = createTestNetwork();
  await network.service({
    name: "go.micro.srv.greeter",
    setup: ({ server, client }) =>
      registerGreeterHandler(
        server,
        standIn(GreeterService, {
          hello: async ({ name }) => {
            await client.publish("greeter.greeted", HelloResponse, { msg: name });
            return { msg: name };
          },
        }),
      ),
  });
  const greeter = createGreeterClient(network.client, "go.micro.srv.greeter");
  const heard = new Promise((resolve) => void network.broker.subscribe("greeter.greeted", resolve));
  await greeter.hello({ name: "Ada" });
  await heard;
  await network.close();
});

test("time that stands still", async () => {
  const network = createTestNetwork({ time: "virtual" });
  await network.service({
    name: "go.micro.srv.greeter",
    setup: (service) => registerGreeterHandler(service.server, new Greeter()),
  });
  const greeter = createGreeterClient(network.client, "go.micro.srv.greeter");
  await network.advance(60_000); // a minute passes
  const answer = await network.run(greeter.hello({ name: "Ada" })); // as much time passes as the call needs
  assert.equal(network.clock.now(), 60_000); // it needed none
  expect(answer).toEqual({ msg: "Hello Ada" });
  let started = 0;
  const job = {
    start() {
      started = network.clock.now();
    },
  };
  network.clock.after(100, () => job.start());
  await network.advance(100);
  expect(started).toBe(60_100);
  await network.close();
});

test("faults", async () => {
  const network = createTestNetwork({ time: "virtual", seed: 7 });
  let lost = 0;
  const start = (name: string) =>
    network.service({ name, setup: ({ server }) => registerGreeterHandler(server, new Greeter()) });
  await start("go.micro.srv.greeter");
  const greeter = createGreeterClient(network.client, "go.micro.srv.greeter");
  {
    const heal = network.inject({
      to: "go.micro.srv.greeter",
      delayMs: [10, 200],
      error: 0.1,
      dropReply: 0.05,
    });
    for (let call = 0; call < 50; call++)
      await network.run(greeter.hello({ name: "Ada" }, { timeoutMs: 1000, retries: 0 })).catch(() => {
        lost += 1;
      });
    heal();
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThan(25);
  }
  const setup = ({ server }: Service) => registerGreeterHandler(server, new Greeter());
  const service = await network.service({ name: "go.micro.srv.stock", setup });
  await network.service({
    name: "go.micro.api.shop",
    setup: ({ server, client }) =>
      registerGreeterHandler(server, new GreeterApi(createGreeterClient(client, "go.micro.srv.stock"))),
  });
  const shop = createGreeterClient(network.client, "go.micro.api.shop");
  expect(await network.run(shop.hello({ name: "Ada" }))).toEqual({ msg: "Hello Ada" });
  const cut = () => expect(network.run(shop.hello({ name: "Ada" }))).rejects.toBeInstanceOf(MicroError);
  {
    const heal = network.partition(["go.micro.api.shop"], ["go.micro.srv.stock"]);
    await cut();
    heal();
  }
  // Nothing passes between the two.
  const heal = network.partition(["go.micro.api.shop"], ["go.micro.srv.stock"]);
  heal();
  // As kill -9: nothing is deregistered. Then a new one starts.
  network.kill(service);
  await network.service({ name: "go.micro.srv.stock", setup });
  expect(await network.run(shop.hello({ name: "Ada" }))).toEqual({ msg: "Hello Ada" });
  await network.close();
});

/** A shop that asks the stock once for each order, and says so. */
async function startShop(network: TestNetwork, placed: Map<string, number>) {
  await network.service({
    name: "go.micro.srv.stock",
    setup: ({ server }) =>
      registerGreeterHandler(
        server,
        standIn(GreeterService, {
          hello({ name }) {
            placed.set(name, (placed.get(name) ?? 0) + 1);
            expect(currentContext()?.deadline).toBeDefined();
            return { msg: name };
          },
        }),
      ),
  });
  const stock = createGreeterClient(network.client, "go.micro.srv.stock");
  return { order: ({ id }: { readonly id: string }) => stock.hello({ name: id }) };
}

test("when the stock service fails now and then then no order is placed twice", () =>
  forEachSeed(200, async (seed) => {
    const network = createTestNetwork({ time: "virtual", seed });
    const placed = new Map<string, number>();
    const shop = await startShop(network, placed);
    network.inject({ to: "go.micro.srv.stock", error: 0.2, dropReply: 0.1, delayMs: [0, 300] });
    const orders = Array.from({ length: 20 }, (_, id) => shop.order({ id: String(id) }).catch(() => {}));
    await network.run(Promise.all(orders));
    assert.ok([...placed.values()].every((times) => times === 1));
    assert.equal(network.waitedTimers, 0);
    await network.close();
  }));

test("one handler alone", () => {
  assert.deepEqual(new Greeter().hello({ name: "Ada" }), { msg: "Hello Ada" });
});
