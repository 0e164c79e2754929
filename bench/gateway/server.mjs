// One process per part: a service, a gateway or proxy in front of it. Says its address, then its CPU time when asked.
import { createServer } from "node:http";
import {
  createClient,
  createMemoryBroker,
  createMemoryRegistry,
  createSelector,
  createService,
  createTcpTransport,
  silentLogger,
} from "@micro-service/runtime";
import { Struct } from "@micro-service/runtime/protobuf";
import { createApiGateway, createWebProxy } from "@micro-service/toolkit";

const [part, backend] = process.argv.slice(2);
const echo = {
  name: "Echo",
  kind: "unary",
  service: "bench.Bench",
  input: Struct,
  output: Struct,
  idempotency: "noSideEffects",
};

/** A registry that knows one node. */
async function registryOf(name, address, metadata) {
  const registry = createMemoryRegistry();
  const endpoints = name.includes(".api.")
    ? [{ name: "Bench.Echo", request: null, response: null, metadata: {} }]
    : [];
  await registry.register({
    name,
    version: "latest",
    metadata: {},
    endpoints,
    nodes: [{ id: "1", address, metadata }],
  });
  return registry;
}

const parts = {
  /** The floor: JSON in, JSON out, nothing between. */
  async http() {
    const server = createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const body = Buffer.from(JSON.stringify(JSON.parse(Buffer.concat(chunks).toString() || "{}")));
      response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
      response.end(body);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${server.address().port}`;
  },
  async service() {
    const service = await createService({
      name: "go.micro.api.bench",
      address: "127.0.0.1:0",
      registry: createMemoryRegistry(),
      broker: createMemoryBroker(),
      args: [],
      env: {},
      logger: silentLogger,
    });
    service.server.handle({ typeName: "bench.Bench", methods: { echo } }, { echo: (request) => request });
    await service.start();
    return service.address;
  },
  async api() {
    const registry = await registryOf("go.micro.api.bench", backend, {
      protocol: "grpc",
      protocols: "grpc,json",
    });
    const client = createClient({ selector: createSelector({ registry }), transport: createTcpTransport() });
    return createApiGateway({ client, registry }).listen("127.0.0.1:0");
  },
  async web() {
    const registry = await registryOf("go.micro.web.bench", backend, {});
    return createWebProxy({ registry }).listen("127.0.0.1:0");
  },
};

process.send({ address: await parts[part]() });
process.on("SIGINT", () => process.exit(0));
process.on("message", () => process.send(process.cpuUsage()));
