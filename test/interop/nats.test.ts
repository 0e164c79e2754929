import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createService, type Service } from "@micro-service/runtime";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createNatsBroker } from "../../src/runtime/broker/nats/index.ts";
import { createNatsLink } from "../../src/runtime/nats/index.ts";
import { createNatsRegistry } from "../../src/runtime/registry/nats/index.ts";
import { createCollector, createGate, describeBrokerContract, message } from "../contract/broker.ts";
import { aService, collect, describeRegistry } from "../contract/registry.ts";
import {
  createGreeterClient,
  type GreeterHandler,
  registerGreeterHandler,
} from "../fixtures/go-micro/expected/greeter.service.ts";
import { Request } from "../fixtures/go-micro/expected/greeter.ts";
import { createAuthority } from "../support/certificates.ts";
import { freePort } from "../support/etcd.ts";
import {
  buildGoMicroPeer,
  GO_MICRO_VERSIONS,
  GoMicroPeer,
  type GoMicroVersion,
  whyNoGo,
} from "../support/go-micro.ts";
import { createNats, isNatsMissing, natsSkipReason } from "../support/nats.ts";

vi.setConfig({ testTimeout: 30_000 });
const BUILD_MS = 10 * 60_000;
const noGo = await whyNoGo();
const goReason = noGo === undefined ? "" : ` (skipped: ${noGo})`;

describe.skipIf(isNatsMissing)(`with Debian's nats-server${natsSkipReason}`, () => {
  let nats: Awaited<ReturnType<typeof createNats>>;
  const open: { close(): Promise<void> }[] = [];
  const opened = <T extends { close(): Promise<void> }>(made: T): T => {
    open.push(made);
    return made;
  };
  beforeAll(async () => {
    nats = await createNats();
    await nats.start();
  });
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });
  afterAll(() => nats?.stop());
  const registryOf = () => opened(createNatsRegistry({ servers: [nats.address] }));
  const brokerOf = (onProblem?: (line: string) => void) =>
    opened(createNatsBroker({ servers: [nats.address], onProblem }));

  describeRegistry({
    name: "nats",
    listsNodes: true,
    endsWith: "process",
    open: async () => ({ registry: registryOf(), peer: registryOf() }),
  });
  describeBrokerContract("nats", async () => ({ broker: createNatsBroker({ servers: [nats.address] }) }));

  test("what we publish is go-micro's JSON under the topic itself, and what it publishes is understood", async () => {
    const link = opened(createNatsLink({ servers: [nats.address] }, { where: "test", id: "test" }));
    const seen = createGate<string>();
    await link.subscribe("topic.a", ({ data }) => seen.open(Buffer.from(data).toString()));
    const broker = brokerOf();
    const collector = createCollector();
    await broker.publish("topic.a", {
      header: { "Micro-Id": "7" },
      body: Buffer.from("0a044a6f686e", "hex"),
    });
    expect(await seen.opened).toBe('{"Header":{"Micro-Id":"7"},"Body":"CgRKb2hu"}');
    await broker.subscribe("topic.b", collector.handler);
    await link.publish("topic.b", '{"Header":null,"Body":"aGk="}');
    expect(await collector.until(1)).toEqual(["hi"]);
  });

  test("when queues span processes then each event reaches one of them", async () => {
    const [one, two] = [createCollector(), createCollector()];
    await brokerOf().subscribe("work", one.handler, { queue: "q" });
    await brokerOf().subscribe("work", two.handler, { queue: "q" });
    const publisher = brokerOf();
    for (let count = 0; count < 60; count++) await publisher.publish("work", message(String(count)));
    await expect.poll(() => one.texts.length + two.texts.length).toBe(60);
    expect(new Set([...one.texts, ...two.texts]).size).toBe(60);
    expect(one.texts.length).toBeGreaterThan(0);
    expect(two.texts.length).toBeGreaterThan(0);
  });

  test.each(["a b", "a.*", ">", "a..b", ".a", "a.", "", "a\nb"])(
    "when a topic is '%s', which NATS takes for something else, then it is refused",
    async (topic) => {
      const broker = brokerOf();
      await expect(broker.publish(topic, message("x"))).rejects.toMatchObject({ code: 400 });
      await expect(broker.subscribe(topic, () => {})).rejects.toMatchObject({ code: 400 });
    },
  );

  test("when an event is larger than the server takes then publishing says so, and goes on", async () => {
    const broker = brokerOf();
    await broker.connect();
    const large = { header: {}, body: new Uint8Array(1_000_000) };
    await expect(broker.publish("big", large)).rejects.toMatchObject({ code: 413 });
    await expect(broker.publish("big", message("x"))).resolves.toBeUndefined();
  });

  test("when somebody publishes what is no event then it is dropped with a word, and the next one comes", async () => {
    const problems: string[] = [];
    const broker = brokerOf((line) => problems.push(line));
    const collector = createCollector();
    await broker.subscribe("noise", collector.handler);
    const link = opened(createNatsLink({ servers: [nats.address] }, { where: "test", id: "test" }));
    for (const text of ["{", "null", "7", '{"Header":{"a":[1]},"Body":5}', "\u0000\uffff"])
      await link.publish("noise", text);
    await broker.publish("noise", message("real"));
    await expect.poll(() => collector.texts).toContain("real");
    expect(problems.every((line) => line.startsWith("event of topic noise dropped: event is no JSON"))).toBe(
      true,
    );
    expect(problems.length).toBe(2);
  });

  test("when somebody answers and announces nonsense then the registry does not care", async () => {
    const registry = registryOf();
    const events = await collect(registry);
    const link = opened(createNatsLink({ servers: [nats.address] }, { where: "test", id: "test" }));
    await link.subscribe("micro.registry.nats.query", ({ reply }) => {
      for (const text of ["", "null", "{", '{"name":"x\\u001b"}', '{"name":5}', "[]"])
        link.answer(reply, text);
    });
    for (const text of [
      "",
      "{",
      "null",
      '{"Action":"delete"}',
      '{"Action":"x","Service":{"name":"a"}}',
      '{"Action":"create","Service":{"name":"a","nodes":[]}}',
    ])
      await link.publish("micro.registry.nats.watch", text);
    const record = aService();
    await registry.register(record);
    await events.until("create", record.nodes[0]!.id);
    expect(await registry.getService(record.name)).toEqual([record]);
    expect(events.seen.length).toBe(1);
  });

  test("when the server is away then that is a 503 that names it; when it is back all goes on, and watchers look again", async () => {
    const own = await createNats();
    await own.start();
    const registry = opened(createNatsRegistry({ servers: [own.address], timeoutMs: 500 }));
    const broker = opened(createNatsBroker({ servers: [own.address], timeoutMs: 500 }));
    const record = aService();
    await registry.register(record);
    const collector = createCollector();
    await broker.subscribe("news", collector.handler);
    const events = await collect(registry);
    await own.stop();
    await expect(registry.getService(record.name)).rejects.toMatchObject({
      code: 503,
      detail: expect.stringContaining(`registry nats (${own.address})`),
    });
    await own.start();
    await events.until("reset");
    await expect.poll(() => registry.getService(record.name).catch(() => [])).toEqual([record]);
    await expect
      .poll(async () => {
        await broker.publish("news", message("again")).catch(() => {});
        return collector.texts;
      })
      .toContain("again");
    await Promise.all(open.splice(0).map((one) => one.close()));
    await own.stop();
  });

  test("when there never was a server then the error says where none is", async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const broker = opened(createNatsBroker({ servers: [address], timeoutMs: 500 }));
    await expect(broker.connect()).rejects.toMatchObject({
      code: 503,
      detail: expect.stringContaining(`broker nats (${address}) cannot be reached`),
    });
  });

  test("when a password is asked for then the address may bring it, and no message tells it", async () => {
    const guarded = await createNats(["--user", "ann", "--pass", "s3cret"]);
    await guarded.start();
    const broker = opened(createNatsBroker({ servers: [`nats://ann:s3cret@${guarded.address}`] }));
    await broker.connect();
    expect(broker.address).toBe(guarded.address);
    const stranger = opened(
      createNatsBroker({ servers: [`nats://ann:wr0ng@${guarded.address}`], timeoutMs: 500 }),
    );
    const error = await stranger.connect().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 503 });
    expect(String(error)).not.toContain("wr0ng");
    await Promise.all(open.splice(0).map((one) => one.close()));
    await guarded.stop();
  });
});

test.skipIf(isNatsMissing)(
  `when NATS asks for TLS then it is spoken, with who is vouched for${natsSkipReason}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "nats-tls-"));
    const authority = createAuthority(folder);
    const { certFile, keyFile } = authority.issue("nats", { addresses: ["127.0.0.1"] });
    const nats = await createNats(["--tls", "--tlscert", certFile, "--tlskey", keyFile]);
    await nats.start();
    const broker = createNatsBroker({ servers: [nats.address], tls: { caFile: authority.caFile } });
    const collector = createCollector();
    await broker.subscribe("a", collector.handler);
    await broker.publish("a", message("over TLS"));
    expect(await collector.until(1)).toEqual(["over TLS"]);
    await broker.close();
    const stranger = createNatsBroker({ servers: [`tls://${nats.address}`], timeoutMs: 1_000 });
    await expect(stranger.connect()).rejects.toMatchObject({ code: 503 });
    await stranger.close();
    await nats.stop();
    rmSync(folder, { recursive: true, force: true });
  },
);

const handler: GreeterHandler = {
  hello: ({ name }) => ({ text: `Hello ${name} from us` }),
  fail: () => ({}),
  hang: () => ({}),
  async *count() {},
  join: () => ({}),
  async *chat() {},
};

describe
  .skipIf(isNatsMissing || noGo !== undefined)
  .each(Object.entries(GO_MICRO_VERSIONS) as [GoMicroVersion, string][])(
  `by NATS with go-micro's %s (%s)${natsSkipReason}${goReason}`,
  (version) => {
    // v1 and v2 have the registry in a plugin, which is a module of its own.
    const hasRegistry = version !== "v1"; // its plugin is part of a module with all others
    const suffix = randomUUID().slice(0, 8);
    const [ours, theirs, topic] = [`go.micro.srv.o${suffix}`, `go.micro.srv.t${suffix}`, `topic.${suffix}`];
    let nats: Awaited<ReturnType<typeof createNats>>;
    let service: Service;
    let peer: GoMicroPeer;
    const heard: Request[] = [];
    const worked: string[] = [];

    beforeAll(async () => {
      nats = await createNats();
      await nats.start();
      service = await createService({
        name: ours,
        address: "127.0.0.1:0",
        registry: hasRegistry ? "nats" : "memory",
        registryAddress: hasRegistry ? nats.address : undefined,
        broker: "nats",
        brokerAddress: nats.address,
        args: [],
        env: {},
        drainDelayMs: 0,
      });
      registerGreeterHandler(service.server, handler);
      service.server.subscribe(topic, Request, (request) => void heard.push(request));
      service.server.subscribe(`${topic}.shared`, Request, ({ name }) => void worked.push(name), {
        queue: "workers",
      });
      await service.start();
      peer = new GoMicroPeer(
        await buildGoMicroPeer(version, "nogrpc"),
        [
          `--server_name=${theirs}`,
          "--server_address=127.0.0.1:0",
          "--broker=nats",
          `--broker_address=${nats.address}`,
          `--registry=${hasRegistry ? "nats" : "memory"}`,
          ...(hasRegistry ? [`--registry_address=${nats.address}`] : []),
        ],
        { PEER_TOPIC: topic },
      );
      await peer.ready();
    }, BUILD_MS);
    afterAll(async () => {
      await peer?.stop();
      await service?.stop();
      await nats?.stop();
    });

    test("events go both ways, and a queue of both hands each to one", async () => {
      await expect
        .poll(async () => {
          await service.client.publish(topic, Request, { name: "Ada", bigNumber: 9007199254740993n });
          return peer.events("heard").length;
        })
        .toBeGreaterThan(0);
      expect(peer.events("heard")[0]).toMatchObject({
        request: { name: "Ada", bigNumber: "9007199254740993" },
      });
      await peer.ask({ do: "publish", topic, request: { name: "Bob", bigNumber: "7" } });
      await expect.poll(() => heard.find(({ name }) => name === "Bob")?.bigNumber).toBe(7n);
      const names = Array.from({ length: 40 }, (_, i) => `job ${i}`);
      for (const name of names) await service.client.publish(`${topic}.shared`, Request, { name });
      const done = () => [...worked, ...peer.events("shared").map(({ name }) => name as string)];
      await expect.poll(() => new Set(done()).size).toBe(40);
      expect(done().toSorted()).toEqual(names.toSorted());
      expect(worked.length).toBeLessThan(40);
    });

    test.runIf(hasRegistry)("we find and call each other, and know when it leaves", async () => {
      await expect.poll(() => service.registry.getService(theirs)).toHaveLength(1);
      expect(await createGreeterClient(service.client, theirs).hello({ name: "Ada" })).toMatchObject({
        text: "Hello Ada",
      });
      const call = {
        do: "call",
        service: ours,
        endpoint: "Greeter.Hello",
        request: { name: "Ada" },
      } as const;
      await expect.poll(() => peer.ask(call)).toMatchObject({ value: { text: "Hello Ada from us" } });
      await peer.stop();
      await expect.poll(() => service.registry.getService(theirs)).toEqual([]);
    });
  },
);
