import { afterEach, describe, expect, test } from "vitest";
import { createMemoryBroker } from "../../../src/runtime/broker/index.ts";
import { createMemoryRegistry } from "../../../src/runtime/registry/index.ts";
import { createService, type ServiceOptions, silentLogger } from "../../../src/runtime/service/index.ts";
import { createGreeterClient, Greeter } from "./greeter.ts";

const name = "go.micro.srv.greeter";
const open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const service of open.splice(0).reverse()) await service.stop();
});

async function greeter(options: Partial<ServiceOptions> = {}) {
  const service = await createService({
    name,
    registry: createMemoryRegistry(),
    broker: createMemoryBroker(),
    address: "127.0.0.1:0",
    drainDelayMs: 0,
    args: [],
    env: {},
    logger: silentLogger,
    ...options,
  });
  service.server.handle(Greeter, { hello: (text) => text, fail: (text) => text });
  await service.start();
  open.push(service);
  return service;
}

describe("what a service shows Prometheus", () => {
  test("when it was called then /metrics of its port has the calls of both sides", async () => {
    const service = await greeter();
    await service.client.unary(
      name,
      Greeter.methods.hello,
      { text: "Ada" },
      { address: service.address as string },
    );
    const response = await fetch(`http://${service.address}/metrics`);
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await response.text();
    expect(text).toContain('micro_server_calls_total{method="greeter.Greeter/Hello",code="OK"} 1\n');
    expect(text).toContain(
      'micro_client_calls_total{service="go.micro.srv.greeter",method="greeter.Greeter/Hello",code="OK"} 1\n',
    );
    expect(text).toMatch(/^process_resident_memory_bytes \d{7,}$/m);
  });

  test.each<[string, Partial<ServiceOptions>]>([
    ["in code", { metrics: false }],
    ["by flag", { args: ["--server_metrics=off"] }],
  ])("when it is switched off %s then there is no such page and calls work", async (_, options) => {
    const service = await greeter(options);
    expect((await fetch(`http://${service.address}/metrics`)).status).toBe(404);
    await expect(createGreeterClient(service.client, name).hello({ text: "Ada" })).resolves.toEqual({
      text: "Ada",
    });
  });
});
