import { connect, constants } from "node:http2";
import { afterEach, describe, expect, test } from "vitest";
import { createMemoryBroker } from "../../../src/runtime/broker/index.ts";
import type { Context } from "../../../src/runtime/context/index.ts";
import { createMemoryRegistry } from "../../../src/runtime/registry/index.ts";
import {
  createConnection,
  createService,
  createWebService,
  type ServiceOptions,
  silentLogger,
} from "../../../src/runtime/service/index.ts";
import { createMemoryTransport } from "../../../src/runtime/transport/index.ts";
import { createGate } from "../../contract/broker.ts";
import { createGreeterClient, Greeter, Text } from "./greeter.ts";

const name = "go.micro.srv.greeter";
const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const service of open.splice(0).reverse()) await service.stop();
});

function surroundings() {
  return {
    registry: createMemoryRegistry(),
    broker: createMemoryBroker(),
    address: "127.0.0.1:0",
    drainDelayMs: 0,
    args: [],
    env: {},
    logger: silentLogger,
  };
}

const handler = { hello: ({ text }: Text) => ({ text: `Hello ${text}` }), fail: (request: Text) => request };

async function greeter(options: Partial<ServiceOptions> = {}) {
  const service = await createService({ name, ...surroundings(), ...options });
  open.push(service);
  service.server.handle(Greeter, handler);
  return service;
}

describe("the limits of a service", () => {
  /** A call whose request never comes, from a caller that takes no answer either. */
  async function silentCall(options: Partial<ServiceOptions>, request?: Buffer) {
    const service = await greeter(options);
    await service.start();
    const peer = connect(`http://${service.address}`, { settings: { initialWindowSize: 0 } });
    const stream = peer.request({
      ":method": "POST",
      ":path": "/greeter.Greeter/Hello",
      "content-type": "application/grpc+json",
    });
    stream.on("error", () => {});
    if (request !== undefined) stream.end(request);
    let status: unknown;
    stream.on("response", (headers) => {
      status = headers["grpc-status"];
    });
    await new Promise((resolve) => stream.resume().once("close", resolve));
    peer.destroy();
    return { status, code: stream.rstCode };
  }

  test("when a message exceeds maxMessageBytes then the service refuses it, as request and as answer", async () => {
    const around = surroundings();
    await (await greeter({ ...around, maxMessageBytes: 100 })).start();
    const caller = await createService({ name: "go.micro.srv.other", ...around, maxMessageBytes: 1000 });
    open.push(caller);
    const hello = (service: { client: typeof caller.client }, length: number, to = name) =>
      createGreeterClient(service.client, to).hello({ text: "x".repeat(length) });
    await expect(hello(caller, 10)).resolves.toBeDefined();
    await expect(hello(caller, 200)).rejects.toMatchObject({ code: 429 });
    await (await greeter({ ...around, name: "go.micro.srv.large" })).start();
    await expect(hello(caller, 990, "go.micro.srv.large")).rejects.toMatchObject({ code: 429 });
  });

  test("when a request does not arrive within requestArrivalTimeoutMs then the call fails with 4, late", async () => {
    expect(await silentCall({ requestArrivalTimeoutMs: 50 })).toMatchObject({ status: "4" });
  });

  test("when a caller takes nothing within stallTimeoutMs then its call is reset", async () => {
    const text = Buffer.from('{"text":"Ada"}');
    const request = Buffer.concat([Buffer.from([0, 0, 0, 0, text.length]), text]);
    expect(await silentCall({ stallTimeoutMs: 100 }, request)).toMatchObject({
      code: constants.NGHTTP2_CANCEL,
    });
  });
});

describe("a service on a port", () => {
  test("when it has started then other services call it by name", async () => {
    const around = surroundings();
    const service = await greeter(around);
    await service.start();
    const caller = await createService({ name: "go.micro.srv.other", ...around });
    open.push(caller);
    expect(await createGreeterClient(caller.client, name).hello({ text: "Ada" })).toEqual({
      text: "Hello Ada",
    });
  });

  test("when services share a memory transport then they call each other over the wire's bytes without a port", async () => {
    const around = { ...surroundings(), transport: createMemoryTransport() };
    const service = await greeter(around);
    await service.start();
    expect(service.address).toMatch(/^memory:\d+$/);
    const caller = await createService({ name: "go.micro.srv.other", ...around });
    open.push(caller);
    expect(await createGreeterClient(caller.client, name).hello({ text: "Ada" })).toEqual({
      text: "Hello Ada",
    });
  });

  test("when it calls itself then it needs no registry", async () => {
    const service = await greeter();
    expect(await createGreeterClient(service.client, name).hello({ text: "me" })).toEqual({
      text: "Hello me",
    });
  });

  test("when it is registered then the record is what go-micro's services tell, and more", async () => {
    const around = surroundings();
    const service = await greeter({ ...around, version: "1.2", metadata: { zone: "a" } });
    service.server.subscribe("orders", Text, function onOrder() {});
    service.server.subscribe("users", Text, () => {});
    await service.start();
    expect(await around.registry.getService(name)).toEqual([
      {
        name,
        version: "1.2",
        metadata: {},
        endpoints: [
          {
            name: "Greeter.Fail",
            request: null,
            response: null,
            metadata: { idempotency: "noSideEffects" },
          },
          {
            name: "Greeter.Hello",
            request: null,
            response: null,
            metadata: {
              idempotency: "noSideEffects",
              handler: "rpc",
              method: "POST",
              path: "/v1/hello",
              body: "*",
            },
          },
          { name: "Func", request: null, response: null, metadata: { topic: "users", subscriber: "true" } },
          {
            name: "onOrder",
            request: null,
            response: null,
            metadata: { topic: "orders", subscriber: "true" },
          },
        ],
        nodes: [
          {
            id: service.id,
            address: service.address,
            metadata: {
              broker: "memory",
              protocol: "grpc",
              protocols: "grpc,connect,grpc-web,json,mucp",
              uses: "-",
              registry: "memory",
              server: "grpc",
              transport: "grpc",
              zone: "a",
            },
          },
        ],
      },
    ]);
    expect(service.id).toMatch(/^go\.micro\.srv\.greeter-[0-9a-f-]{36}$/);
  });

  test("when a schema is named that is not there then the start says so and nothing is left open", async () => {
    const around = surroundings();
    const service = await greeter({ ...around, schema: new URL("file:///nowhere/schema.binpb") });
    await expect(service.start()).rejects.toThrow("cannot read the schema /nowhere/schema.binpb");
    expect(service.address).toBeUndefined();
    expect(await around.registry.listServices()).toEqual([]);
  });

  test("when parts were given as instances then stopping leaves them open", async () => {
    const around = surroundings();
    const service = await greeter(around);
    await service.start();
    await service.stop();
    await expect(around.registry.listServices()).resolves.toEqual([]);
    await expect(around.broker.publish("x", { header: {}, body: new Uint8Array() })).resolves.toBeUndefined();
  });

  test("when a flag names another registry then it wins over the instance in the code", async () => {
    const service = await greeter({ args: ["--registry=memory", "--broker=memory"] });
    const { registry } = surroundings();
    expect(service.registry).not.toBe(registry);
    await service.start();
    expect(await service.registry.getService(name)).toHaveLength(1);
  });

  test("when interceptors are given then the first listed is outermost, on both sides", async () => {
    const around = surroundings();
    const order: string[] = [];
    const note = (step: string) => {
      return <Call>(next: (call: Call) => Promise<unknown>) =>
        async (call: Call) => {
          order.push(step);
          return next(call);
        };
    };
    const service = await greeter({ ...around, serverInterceptors: [note("s1"), note("s2")] });
    await service.start();
    const caller = await createService({
      ...around,
      name: "go.micro.srv.other",
      clientInterceptors: [note("c1"), note("c2")],
    });
    open.push(caller);
    await createGreeterClient(caller.client, name).hello({});
    expect(order).toEqual(["c1", "c2", "s1", "s2"]);
  });

  test("when it stops then running calls are finished", async () => {
    const around = surroundings();
    const service = await createService({ name, ...around });
    const [arrived, release] = [createGate(), createGate()];
    service.server.handle(Greeter, {
      ...handler,
      hello: async (request) => {
        arrived.open();
        await release.opened;
        return request;
      },
    });
    await service.start();
    const caller = await createService({ ...around, name: "go.micro.srv.other" });
    open.push(caller);
    const answer = createGreeterClient(caller.client, name).hello({ text: "late" });
    await arrived.opened;
    const stopped = service.stop();
    release.open();
    expect(await answer).toEqual({ text: "late" });
    await stopped;
  });
});

describe("a program that is no service", () => {
  test("when it connects then it calls services by the same options, and registers nothing", async () => {
    const around = surroundings();
    await (await greeter(around)).start();
    const connection = await createConnection({ ...around, name: "go.micro.cli" });
    expect(await createGreeterClient(connection.client, name).hello({ text: "Ada" })).toEqual({
      text: "Hello Ada",
    });
    expect((await around.registry.listServices()).map((record) => record.name)).toEqual([name]);
    await connection.close();
  });

  test("when its options make no sense then connecting fails with all of them", async () => {
    await expect(
      createConnection({ ...surroundings(), name: "go.micro.cli", args: ["--registry=x", "--broker=y"] }),
    ).rejects.toMatchObject({
      name: "ConfigurationError",
      problems: [
        expect.stringMatching(/^--registry \/ MICRO_REGISTRY: unknown registry "x"/),
        expect.stringMatching(/^--broker \/ MICRO_BROKER: unknown broker "y"/),
      ],
    });
  });
});

describe("events between services", () => {
  test("when both are on the http broker then a published message is handled once per queue, with metadata", async () => {
    const around = surroundings();
    const heard: unknown[] = [];
    const both = createGate();
    for (const index of [0, 1]) {
      const service = await greeter({ ...around, broker: "http", id: `${name}-${index}` });
      const note = (kind: string) => (message: Text, context: Context) => {
        heard.push([
          kind,
          message.text,
          context.metadata.get("micro-from-service"),
          context.metadata.get("x-user"),
        ]);
        if (heard.length === 3) both.open();
      };
      service.server.subscribe("greeted", Text, note("everyone"));
      service.server.subscribe("greeted", Text, note("one of the queue"), { queue: "log" });
      await service.start();
    }
    const publisher = await createService({ ...around, broker: "http", name: "go.micro.srv.other" });
    open.push(publisher);
    await publisher.client.publish("greeted", Text, { text: "Ada" }, { metadata: { "x-user": "7" } });
    await both.opened;
    expect(heard.sort()).toEqual([
      ["everyone", "Ada", "go.micro.srv.other", "7"],
      ["everyone", "Ada", "go.micro.srv.other", "7"],
      ["one of the queue", "Ada", "go.micro.srv.other", "7"],
    ]);
  });
});

describe("a web service", () => {
  test("when nothing can answer then the start says what to give", async () => {
    const web = await createWebService({ name: "go.micro.web.greeter", ...surroundings() });
    await expect(web.start()).rejects.toThrow(
      "nothing to serve: give a handler, call handle(), or name a staticDir",
    );
  });

  test("when its folder of files is not there then the start says so", async () => {
    const web = await createWebService({
      name: "go.micro.web.greeter",
      ...surroundings(),
      staticDir: new URL("file:///nowhere/"),
    });
    await expect(web.start()).rejects.toThrow("staticDir file:///nowhere/ is no folder");
  });

  test("when it has started then it is registered without endpoints and answers", async () => {
    const around = surroundings();
    const web = await createWebService({
      name: "go.micro.web.greeter",
      ...around,
      handler: (_request, response) => response.end("hi"),
    });
    open.push(web);
    await web.start();
    expect(await (await fetch(web.url ?? "")).text()).toBe("hi");
    expect(await around.registry.getService("go.micro.web.greeter")).toEqual([
      {
        name: "go.micro.web.greeter",
        version: "latest",
        metadata: {},
        endpoints: [],
        nodes: [{ id: web.id, address: web.address, metadata: { uses: "-" } }],
      },
    ]);
  });
});
