import { createServer } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { currentContext } from "../../../src/runtime/context/index.ts";
import { conflict, notFound } from "../../../src/runtime/errors/index.ts";
import type { Service } from "../../../src/runtime/service/index.ts";
import { createTestNetwork, type TestNetwork } from "../../../src/runtime/testing/index.ts";
import { createGate } from "../../contract/broker.ts";
import { createGreeterClient, Greeter, Text } from "../service/greeter.ts";

let net: TestNetwork;
afterEach(() => net?.close());

const name = "go.micro.srv.greeter";
const handler = {
  hello: ({ text }: Text) => ({ text: `Hello ${text}` }),
  fail: () => {
    throw conflict(name, "already greeted");
  },
};
const setup = (service: Service) => service.server.handle(Greeter, handler);

test("when a service is started then it is called by its name", async () => {
  net = createTestNetwork();
  await net.service({ name, setup });
  const greeter = createGreeterClient(net.client, name);
  expect(await greeter.hello({ text: "Ada" })).toEqual({ text: "Hello Ada" });
});

test("when a handler throws a MicroError then the caller gets it", async () => {
  net = createTestNetwork();
  await net.service({ name, setup });
  await expect(createGreeterClient(net.client, name).fail({})).rejects.toMatchObject({
    id: name,
    code: 409,
    detail: "already greeted",
  });
});

test("when a service calls another then they find each other and metadata flows", async () => {
  net = createTestNetwork();
  let seen: unknown;
  await net.service({
    name,
    setup: (service) =>
      service.server.handle(Greeter, {
        ...handler,
        hello: (request) => {
          seen = currentContext()?.metadata.get("x-user");
          return handler.hello(request);
        },
      }),
  });
  await net.service({
    name: "go.micro.api.greeter",
    setup: (service) => {
      const greeter = createGreeterClient(service.client, name);
      service.server.handle(Greeter, { ...handler, hello: (request) => greeter.hello(request) });
    },
  });
  const answer = await net.client.unary(
    "go.micro.api.greeter",
    Greeter.methods.hello,
    { text: "Ada" },
    { metadata: { "x-user": "7" } },
  );
  expect(answer.text).toBe("Hello Ada");
  expect(seen).toBe("7");
});

test("when a service has several instances then the calls are shared", async () => {
  net = createTestNetwork();
  const calls = [0, 0];
  for (const index of [0, 1]) {
    await net.service({
      name,
      selector: "roundrobin",
      setup: (service) =>
        service.server.handle(Greeter, {
          ...handler,
          hello: (request) => {
            calls[index]! += 1;
            return handler.hello(request);
          },
        }),
    });
  }
  const greeter = createGreeterClient(net.client, name);
  for (let index = 0; index < 200; index++) await greeter.hello({});
  expect(calls[0]! + calls[1]!).toBe(200);
  expect(Math.min(...calls)).toBeGreaterThan(50); // six standard deviations from fair
});

test("when there is no such service then the error names it and what is near", async () => {
  net = createTestNetwork();
  await net.service({ name, setup });
  await expect(createGreeterClient(net.client, "greeter").hello({})).rejects.toMatchObject({
    code: 404,
    detail: expect.stringMatching(/service greeter not found in registry memory.*go\.micro\.srv\.greeter/),
  });
});

test("when an event is published then subscribers of other services handle it", async () => {
  net = createTestNetwork();
  const heard = createGate<Text>();
  await net.service({
    name,
    setup: (service) => service.server.subscribe("greeted", Text, heard.open, { queue: "log" }),
  });
  const publisher = await net.service({ name: "go.micro.srv.other" });
  await publisher.client.publish("greeted", Text, { text: "Ada" });
  expect(await heard.opened).toEqual({ text: "Ada" });
});

test("when a web service is started then it has a loopback URL and calls services", async () => {
  net = createTestNetwork();
  await net.service({ name, setup });
  const web = await net.web({
    name: "go.micro.web.greeter",
    setup: (service) => {
      const greeter = createGreeterClient(service.client, name);
      service.handle(async (request, response) => {
        const text = new URL(request.url ?? "/", "http://x").searchParams.get("name") ?? "";
        response.end((await greeter.hello({ text })).text);
      });
    },
  });
  expect(web.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(await (await fetch(`${web.url}/?name=Ada`)).text()).toBe("Hello Ada");
  const [record] = await net.registry.getService("go.micro.web.greeter");
  expect(record).toMatchObject({ version: "latest", endpoints: [], nodes: [{ address: web.address }] });
});

test("when services are started then no port is opened", async () => {
  const listen = vi.spyOn(createServer().constructor.prototype, "listen");
  net = createTestNetwork();
  await net.service({ name, setup: (service) => service.server.subscribe("x", Text, () => {}) });
  await net.client.publish("x", Text, {});
  expect(listen).not.toHaveBeenCalled();
  listen.mockRestore();
});

test("when the process has flags and variables then a test service does not read them", async () => {
  vi.stubEnv("MICRO_SERVER_NAME", "go.micro.srv.other");
  vi.stubEnv("MICRO_REGISTRY", "nonsense");
  net = createTestNetwork();
  expect((await net.service({ name, setup })).name).toBe(name);
  vi.unstubAllEnvs();
});

test("when the network is closed then its services are gone", async () => {
  net = createTestNetwork();
  const service = await net.service({ name, setup });
  await net.close();
  expect(service.address).toBeUndefined();
  await expect(createGreeterClient(net.client, name).hello({})).rejects.toMatchObject({ code: 503 });
});

test("when set-up fails then so does the start, and closing is fine", async () => {
  net = createTestNetwork();
  const setupFails = () => {
    throw new Error("no database");
  };
  await expect(net.service({ name, setup: setupFails })).rejects.toThrow("no database");
});

test("when a handler's call finds no service then its caller gets 503 that names the service and no address", async () => {
  net = createTestNetwork();
  await net.service({
    name: "go.micro.api.greeter",
    setup: (service) => {
      const greeter = createGreeterClient(service.client, "go.micro.srv.gone");
      service.server.handle(Greeter, { ...handler, hello: (request) => greeter.hello(request) });
    },
  });
  await expect(
    createGreeterClient(net.client, "go.micro.api.greeter").hello({ text: "Ada" }),
  ).rejects.toMatchObject({
    id: "go.micro.api.greeter",
    code: 503,
    detail: expect.stringMatching(/^go\.micro\.srv\.gone, which \S+Greeter\/Hello needs, is not available$/),
  });
});

test("when a handler's call cannot reach the node then its caller gets 503 without the address", async () => {
  net = createTestNetwork();
  await net.service({
    name: "go.micro.api.greeter",
    setup: (service) => {
      const { hello } = Greeter.methods;
      service.server.handle(Greeter, {
        ...handler,
        hello: (request) =>
          service.client.unary("go.micro.srv.gone", hello, request, {
            address: "127.0.0.1:1",
            protocol: "grpc",
          }),
      });
    },
  });
  const failure = await createGreeterClient(net.client, "go.micro.api.greeter")
    .hello({ text: "Ada" })
    .then(() => expect.fail("the call succeeded"), String);
  expect(failure).toContain("go.micro.srv.gone, which");
  expect(failure).not.toContain("127.0.0.1");
});

test("when a handler passes on the 404 of the service it called then its caller gets that", async () => {
  net = createTestNetwork();
  await net.service({
    name,
    setup: (service) =>
      service.server.handle(Greeter, {
        ...handler,
        fail: () => {
          throw notFound(name, "nobody of that name");
        },
      }),
  });
  await net.service({
    name: "go.micro.api.greeter",
    setup: (service) => {
      const greeter = createGreeterClient(service.client, name);
      service.server.handle(Greeter, { ...handler, fail: (request) => greeter.fail(request) });
    },
  });
  await expect(createGreeterClient(net.client, "go.micro.api.greeter").fail({})).rejects.toMatchObject({
    id: name,
    code: 404,
    detail: "nobody of that name",
  });
});
