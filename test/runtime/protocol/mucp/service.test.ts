import { createMemoryRegistry, createMemoryTransport, createService } from "@micro-service/runtime";
import { afterEach, expect, test } from "vitest";
import {
  createGreeterClient,
  type GreeterHandler,
  registerGreeterHandler,
} from "../../../fixtures/go-micro/expected/greeter.service.ts";

const protocols: string[] = [];
const handler: GreeterHandler = {
  hello: ({ name }, { peer }) => {
    protocols.push(peer.protocol);
    return { text: `Hello ${name}` };
  },
  fail: () => ({}),
  hang: () => ({}),
  async *count() {},
  join: () => ({}),
  async *chat() {},
};

const services: Awaited<ReturnType<typeof createService>>[] = [];
afterEach(async () => {
  protocols.length = 0;
  for (const service of services.splice(0)) await service.stop();
});

const around = { registry: createMemoryRegistry(), transport: createMemoryTransport(), env: {} };

async function start(name: string, ...args: string[]) {
  const service = await createService({
    ...around,
    name,
    address: "127.0.0.1:0",
    broker: "memory",
    args,
    // Nobody calls any more when a test is over.
    drainDelayMs: 0,
  });
  services.push(service);
  registerGreeterHandler(service.server, handler);
  await service.start();
  return service;
}

test.each(["--server=mucp", "--server=rpc"])(
  "when a service starts with %s then it registers as go-micro's does",
  async (flag) => {
    const { registry } = await start("go.micro.srv.a", flag);
    const [record] = await registry.getService("go.micro.srv.a");
    expect(record?.nodes[0]?.metadata).toMatchObject({
      protocol: "mucp",
      server: "mucp",
      transport: "http",
      protocols: "grpc,connect,grpc-web,json,mucp",
    });
  },
);

test.each([
  ["nothing is said", [], "grpc"],
  ["--client=mucp is", ["--client=mucp"], "mucp"],
  ["--client=rpc is", ["--client=rpc"], "mucp"],
])("when %s then a node of ours is called by %s", async (_, args, protocol) => {
  await start("go.micro.srv.b");
  const caller = await start("go.micro.srv.c", ...args);
  await createGreeterClient(caller.client, "go.micro.srv.b").hello({ name: "Ada" });
  expect(protocols).toEqual([protocol]);
});

test("when a node offers what go-micro's does then it is called by that", async () => {
  const { address } = await start("go.micro.srv.d");
  const caller = await start("go.micro.srv.e");
  const node = { id: "go", address: address as string, metadata: { protocol: "mucp", transport: "http" } };
  const record = { name: "go.micro.srv.go", version: "latest", metadata: {}, endpoints: [], nodes: [node] };
  await caller.registry.register(record);
  expect(await createGreeterClient(caller.client, "go.micro.srv.go").hello({ name: "Ada" })).toMatchObject({
    text: "Hello Ada",
  });
  expect(protocols).toEqual(["mucp"]);
});
