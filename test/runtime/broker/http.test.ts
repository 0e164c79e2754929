import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { createHttpBroker, type HttpBrokerOptions } from "../../../src/runtime/broker/http/index.ts";
import type { Broker } from "../../../src/runtime/broker/index.ts";
import { createMemoryRegistry, type Registry } from "../../../src/runtime/registry/index.ts";
import { createCollector, createGate, describeBrokerContract, message } from "../../contract/broker.ts";

describeBrokerContract("http", async () => ({
  broker: createHttpBroker({ registry: createMemoryRegistry() }),
}));

/** What subscribers of v2.5 and later register as, and those of v1.18. */
const V2 = "micro.http.broker";
const V1 = "go.micro.http.broker";

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function broker(registry: Registry, options: Partial<HttpBrokerOptions> = {}): Promise<Broker> {
  const made = createHttpBroker({ registry, ...options });
  open.push(() => made.close());
  await made.connect();
  return made;
}

/** A subscriber as go-micro would be one: keeps what is posted to it. */
async function foreignSubscriber(registry: Registry, topic: string, version: string, service = V2) {
  const requests: {
    method: string | undefined;
    url: string | undefined;
    type: string | undefined;
    body: string;
  }[] = [];
  const arrived = createGate();
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    requests.push({ method: request.method, url: request.url, type: request.headers["content-type"], body });
    response.end();
    arrived.open();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const metadata = { secure: "false", broker: "http", topic };
  const nodes = [{ id: `${topic}-1`, address, metadata }];
  await registry.register({ name: service, version, metadata: {}, endpoints: [], nodes });
  return { requests, arrived: arrived.opened };
}

describe("on the wire the http broker is go-micro's", () => {
  test("when an event is published then subscribers get the v2 dialect's bytes", async () => {
    const registry = createMemoryRegistry();
    const publisher = await broker(registry);
    const subscriber = await foreignSubscriber(registry, "topic.a", "ff.http.broadcast");
    await publisher.publish("topic.a", {
      header: { "Content-Type": "application/protobuf" },
      body: Buffer.from("0a044a6f686e", "hex"),
    });
    await subscriber.arrived;
    expect(subscriber.requests).toEqual([
      {
        method: "POST",
        url: "/?id=topic.a-1",
        type: "application/json",
        body: '{"Header":{"Content-Type":"application/protobuf","Micro-Topic":"topic.a"},"Body":"CgRKb2hu"}',
      },
    ]);
  });

  test("when a subscriber is of v1.18 then path and topic key are those of 1.18", async () => {
    const registry = createMemoryRegistry();
    const publisher = await broker(registry);
    const subscriber = await foreignSubscriber(registry, "a b", "ff.http.broadcast", V1);
    await publisher.publish("a b", { header: { "Micro-Id": "7" }, body: new Uint8Array() });
    await subscriber.arrived;
    expect(subscriber.requests).toMatchObject([
      { url: "/_sub?id=a%20b-1", body: '{"Header":{"Micro-Id":"7",":topic":"a b"},"Body":""}' },
    ]);
  });

  test("when somebody subscribes then the registry says topic, queue and where", async () => {
    const registry = createMemoryRegistry();
    const subscriber = await broker(registry);
    await subscriber.subscribe("orders.created", () => {});
    await subscriber.subscribe("orders.created", () => {}, { queue: "mail" });
    const records = await registry.getService(V2);
    expect(await registry.getService(V1)).toEqual(records.map((record) => ({ ...record, name: V1 })));
    expect(records.map(({ version }) => version)).toEqual(["ff.http.broadcast", "mail"]);
    for (const { nodes, endpoints } of records) {
      expect(endpoints).toEqual([]);
      expect(nodes).toEqual([
        {
          id: expect.stringMatching(/^orders\.created-[0-9a-f-]{36}$/),
          address: subscriber.address,
          metadata: { broker: "http", secure: "false", topic: "orders.created" },
        },
      ]);
    }
    expect(subscriber.address).toMatch(/^127\.0\.0\.1:\d+$/);
    await subscriber.close();
    expect(await registry.listServices()).toEqual([]);
  });

  test("when a topic's last word is too long for a DNS label then the node id is cut, the topic is not", async () => {
    const registry = createMemoryRegistry();
    const subscriber = await broker(registry);
    const topic = `go.micro.${"x".repeat(40)}`;
    await subscriber.subscribe(topic, () => {});
    const node = (await registry.getService(V2))[0]?.nodes[0];
    expect(node?.id.split(".").every((label) => label.length <= 63)).toBe(true);
    expect(node?.metadata.topic).toBe(topic);
  });
});

describe("subscribers of both generations", () => {
  test("when both listen then each gets an event once, in its own words", async () => {
    const registry = createMemoryRegistry();
    const publisher = await broker(registry);
    const [old, young] = [
      await foreignSubscriber(registry, "news", "ff.http.broadcast", V1),
      await foreignSubscriber(registry, "news", "ff.http.broadcast", V2),
    ];
    const ours = createCollector();
    await (await broker(registry)).subscribe("news", ours.handler);
    for (const text of ["1", "2", "3"]) await publisher.publish("news", message(text));
    await publisher.close(); // all is sent then
    expect(old.requests.map(({ url }) => url)).toEqual(Array(3).fill("/_sub?id=news-1"));
    expect(young.requests.map(({ url }) => url)).toEqual(Array(3).fill("/?id=news-1"));
    expect(ours.texts).toEqual(["1", "2", "3"]);
  });

  test("when they share a queue then each event reaches one of them", async () => {
    const registry = createMemoryRegistry();
    let turn = 0;
    const publisher = await broker(registry, { random: () => (turn++ % 3) / 3 });
    const [old, young] = [
      await foreignSubscriber(registry, "work", "q", V1),
      await foreignSubscriber(registry, "work", "q", V2),
    ];
    const ours = createCollector();
    await (await broker(registry)).subscribe("work", ours.handler, { queue: "q" });
    for (let count = 0; count < 9; count++) await publisher.publish("work", message(String(count)));
    await publisher.close();
    expect([old.requests.length, young.requests.length, ours.texts.length]).toEqual([3, 3, 3]);
  });

  test("when the one of a queue that was chosen is gone then one of the other generation gets the event", async () => {
    const registry = createMemoryRegistry();
    const publisher = await broker(registry, { random: () => 0 });
    const metadata = { secure: "false", broker: "http", topic: "work" };
    const nodes = [{ id: "work-gone", address: "127.0.0.1:1", metadata }];
    await registry.register({ name: V2, version: "q", metadata: {}, endpoints: [], nodes });
    const old = await foreignSubscriber(registry, "work", "q", V1);
    await publisher.publish("work", message("x"));
    await old.arrived;
    expect(JSON.parse(old.requests[0]?.body ?? "")).toMatchObject({ Header: { ":topic": "work" } });
  });

  test("when a publisher of either generation posts then it is heard, once for each post", async () => {
    const registry = createMemoryRegistry();
    const subscriber = await broker(registry);
    const heard: Record<string, string>[] = [];
    await subscriber.subscribe("news", ({ message: { header } }) => void heard.push({ ...header }));
    const post = async (service: string, path: string, topicKey: string) => {
      const [record] = await registry.getService(service);
      const [node] = record?.nodes ?? [];
      const body = JSON.stringify({ Header: { [topicKey]: "news", "Micro-Id": service }, Body: "" });
      return fetch(`http://${node?.address}${path}?id=${node?.id}`, { method: "POST", body });
    };
    expect((await post(V1, "/_sub", ":topic")).status).toBe(200);
    expect((await post(V2, "/", "Micro-Topic")).status).toBe(200);
    await subscriber.close();
    // 1.18 takes its own key out before the handler, later ones leave theirs.
    expect(heard).toEqual([{ "Micro-Id": V1 }, { "Micro-Id": V2, "Micro-Topic": "news" }]);
  });

  test("when the header names another topic than the one it is published to then that one counts, as for go-micro", async () => {
    const registry = createMemoryRegistry();
    const publisher = await broker(registry);
    const [old, young] = [
      await foreignSubscriber(registry, "news", "ff.http.broadcast", V1),
      await foreignSubscriber(registry, "news", "ff.http.broadcast", V2),
    ];
    await publisher.publish("news", message("x", { "Micro-Topic": "message.topic" }));
    await publisher.close();
    expect(JSON.parse(old.requests[0]?.body ?? "")).toMatchObject({
      Header: { ":topic": "news", "Micro-Topic": "message.topic" },
    });
    expect(JSON.parse(young.requests[0]?.body ?? "")).toMatchObject({ Header: { "Micro-Topic": "news" } });
  });

  test("when a registry takes one record and refuses the other then subscribing fails and leaves nothing", async () => {
    const memory = createMemoryRegistry();
    const registry: Registry = {
      ...memory,
      async register(service, options) {
        if (service.name === V1) throw new Error("no more room");
        await memory.register(service, options);
      },
    };
    const subscriber = await broker(registry);
    await expect(subscriber.subscribe("news", () => {})).rejects.toThrow("no more room");
    expect(await registry.listServices()).toEqual([]);
  });
});

describe("between processes", () => {
  test("when there are several subscribers then a broadcast reaches all and a queue one", async () => {
    const registry = createMemoryRegistry();
    let turn = 0;
    const publisher = await broker(registry, { random: () => (turn++ % 2) / 2 });
    const everyone = [createCollector(), createCollector()];
    const workers = [createCollector(), createCollector()];
    for (const index of [0, 1]) {
      const subscriber = await broker(registry);
      await subscriber.subscribe("work", everyone[index]!.handler);
      await subscriber.subscribe("work", workers[index]!.handler, { queue: "workers" });
    }
    for (const text of ["0", "1", "2", "3"]) await publisher.publish("work", message(text));
    for (const one of everyone) expect(await one.until(4)).toEqual(["0", "1", "2", "3"]);
    expect(await workers[0]!.until(2)).toEqual(["0", "2"]);
    expect(await workers[1]!.until(2)).toEqual(["1", "3"]);
  });

  test("when a subscriber comes after the first event then later events reach it", async () => {
    const registry = createMemoryRegistry();
    const [publisher, subscriber] = [await broker(registry), await broker(registry)];
    await publisher.publish("news", message("nobody hears this"));
    const collector = createCollector();
    await subscriber.subscribe("news", collector.handler);
    await publisher.publish("news", message("hello"));
    expect(await collector.until(1)).toEqual(["hello"]);
  });

  test("when a subscriber is gone without a word then others get their events and the loss is said", async () => {
    const registry = createMemoryRegistry();
    const lost = createGate<string>();
    const publisher = await broker(registry, { onProblem: lost.open });
    const subscriber = await broker(registry);
    const metadata = { secure: "false", broker: "http", topic: "news" };
    await registry.register({
      name: V2,
      version: "ff.http.broadcast",
      metadata: {},
      endpoints: [],
      nodes: [{ id: "news-gone", address: "127.0.0.1:1", metadata }],
    });
    const collector = createCollector();
    await subscriber.subscribe("news", collector.handler);
    await publisher.publish("news", message("hello"));
    expect(await collector.until(1)).toEqual(["hello"]);
    expect(await lost.opened).toMatch(/event of topic news lost: subscriber 127\.0\.0\.1:1 .*ECONNREFUSED/);
  });

  test("when the registry cannot be reached then publishing fails with its error", async () => {
    const registry = createMemoryRegistry();
    await registry.close();
    const publisher = await broker(registry);
    await expect(publisher.publish("news", message("x"))).rejects.toMatchObject({ code: 503 });
    await expect(publisher.subscribe("news", () => {})).rejects.toMatchObject({ code: 503 });
  });

  test("when an event is too large then publishing says so", async () => {
    const publisher = await broker(createMemoryRegistry(), { maxEventBytes: 10 });
    await expect(publisher.publish("big", message("0123456789A"))).rejects.toMatchObject({ code: 413 });
    await expect(publisher.publish("big", message("0123456789"))).resolves.toBeUndefined();
  });

  test("when the port is taken then subscribing names it", async () => {
    const first = await broker(createMemoryRegistry());
    await first.subscribe("news", () => {});
    const second = await broker(createMemoryRegistry(), { address: first.address });
    await expect(second.subscribe("news", () => {})).rejects.toThrow(
      `http broker cannot listen on ${first.address}: the address is in use`,
    );
  });

  test("when the port becomes free then subscribing works", async () => {
    const first = await broker(createMemoryRegistry());
    await first.subscribe("news", () => {});
    const second = await broker(createMemoryRegistry(), { address: first.address });
    await expect(second.subscribe("news", () => {})).rejects.toThrow("in use");
    await first.close();
    await second.subscribe("news", () => {});
    expect(second.address).toBe(first.address);
  });

  test("when an address is none then the broker cannot be made", () => {
    expect(() => createHttpBroker({ registry: createMemoryRegistry(), address: "8080" })).toThrow(
      "an address is host:port",
    );
  });

  test("when a process only publishes then it opens no port", async () => {
    const publisher = await broker(createMemoryRegistry());
    await publisher.publish("news", message("x"));
    expect(publisher.address).toBe("");
  });
});

describe("what a stranger posts", () => {
  async function post(body: string, { method = "POST", path = "/?id=x" } = {}) {
    const receiver = await broker(createMemoryRegistry(), { maxEventBytes: 1_000 });
    await receiver.subscribe("somewhere else", () => {});
    const response = await fetch(`http://${receiver.address}${path}`, {
      method,
      ...(method === "POST" ? { body } : {}),
    });
    return { status: response.status, text: await response.text() };
  }

  test.each([
    ["an event for nobody is 404", '{"Header":{"Micro-Topic":"t"},"Body":"AA=="}', {}, 404],
    ["a body of null is an empty one, for nobody", '{"Header":{"Micro-Topic":"t"},"Body":null}', {}, 404],
    ["GET is 405", "", { method: "GET" }, 405],
    ["another path is 404", "{}", { path: "/other" }, 404],
    ["no JSON is 500", "{", {}, 500],
    ["no topic is 500", '{"Header":{},"Body":""}', {}, 500],
    ["null is 500", "null", {}, 500],
    ["a topic that is no text is 500", '{"Header":{"Micro-Topic":["t"]},"Body":""}', {}, 500],
    ["too much is 413", "x".repeat(200_000), {}, 413],
  ])("%s", async (_title, body, request, status) => {
    expect((await post(body, request)).status).toBe(status);
  });

  test.each(["//", "http://[", "*", "/%"])("a target of %s is 404", async (target) => {
    const receiver = await broker(createMemoryRegistry());
    await receiver.subscribe("somewhere else", () => {});
    const { port } = new URL(`http://${receiver.address}`);
    const status = await new Promise((resolve, reject) => {
      httpRequest({ port, path: target, method: "POST" }, (response) => resolve(response.resume().statusCode))
        .on("error", reject)
        .end("{}");
    });
    expect(status).toBe(404);
  });

  test("an error is go-micro's JSON", async () => {
    expect(JSON.parse((await post("{}")).text)).toEqual({
      id: "go.micro.broker",
      code: 500,
      detail: "event has no topic",
      status: "Internal Server Error",
    });
  });
});

describe("a subscriber that goes", () => {
  test("when one of a queue is gone and still on the registry then another one gets its events", async () => {
    const registry = createMemoryRegistry();
    const gone = createHttpBroker({ registry: { ...registry, deregister: async () => {} } });
    await gone.subscribe("news", () => expect.fail("it is gone"), { queue: "q" });
    await gone.close();
    const collector = createCollector();
    await (await broker(registry)).subscribe("news", collector.handler, { queue: "q" });
    const publisher = await broker(registry);
    const bodies = Array.from({ length: 20 }, (_, index) => String(index));
    for (const body of bodies) await publisher.publish("news", message(body));
    expect((await collector.until(20)).toSorted()).toEqual(bodies.toSorted());
  });

  test("when one says that it leaves then the registry forgets it, and what is still sent to it arrives until it unsubscribes", async () => {
    const registry = createMemoryRegistry();
    const subscriber = await broker(registry);
    const collector = createCollector();
    const subscription = await subscriber.subscribe("news", collector.handler, { queue: "q" });
    const services = await registry.getService(V2);
    const [node] = services.flatMap(({ nodes }) => nodes);
    await subscription.leave?.();
    expect(await registry.getService(V2)).toEqual([]);
    const post = () =>
      fetch(`http://${node?.address}/?id=${encodeURIComponent(node?.id ?? "")}`, {
        method: "POST",
        body: JSON.stringify({ Header: { "Micro-Topic": "news" }, Body: "aGk=" }),
      });
    expect((await post()).status).toBe(200);
    expect(await collector.until(1)).toEqual(["hi"]);
    await subscription.unsubscribe();
    expect((await post()).status).toBe(404);
  });
});
