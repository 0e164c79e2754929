import {
  createClient,
  createMemoryRegistry,
  createSelector,
  createService,
  createTcpTransport,
  type Service,
  silentLogger,
} from "@micro-service/runtime";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApiGateway } from "../../../src/toolkit/index.ts";

const name = "go.micro.api.quiet";
const closers: (() => Promise<unknown>)[] = [];
let service: Service;
let url: string;

/** A service that tells the registry of no endpoint, as one that only listens to events, behind a gateway. */
beforeEach(async () => {
  const registry = createMemoryRegistry();
  const common = { registry, broker: "memory", address: "127.0.0.1:0", drainDelayMs: 0, args: [], env: {} };
  service = await createService({ name, ...common, logger: silentLogger });
  await service.start();
  const transport = createTcpTransport();
  const selector = createSelector({ registry });
  const client = createClient({ transport, selector });
  const gateway = createApiGateway({ client, registry, accessLog: () => {} });
  url = `http://${await gateway.listen("127.0.0.1:0")}`;
  closers.push(
    () => gateway.close(),
    () => client.close(),
    () => selector.close(),
    () => service.stop(),
  );
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

test.each([
  "/quiet/debug/level",
  "/quiet/debug/Level",
  "/quiet/Debug/log",
  "/quiet/debug/trace",
  "/quiet/debug/stats",
])("when %s is asked for from outside then there is no such thing", async (path) => {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"level":"debug"}',
  });
  expect(response.status).toBe(404);
  expect(service.log.level).toBe("info");
});
