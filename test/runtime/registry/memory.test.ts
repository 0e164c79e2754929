import { expect, it } from "vitest";
import { createMemoryRegistry } from "../../../src/runtime/registry/index.ts";
import { aService, describeRegistry } from "../../contract/registry.ts";
import { createManualClock } from "./manual-clock.ts";

describeRegistry({
  name: "memory",
  listsNodes: true,
  endsWith: "time",
  async open() {
    const registry = createMemoryRegistry();
    return { registry, peer: registry };
  },
});

it("a node lives as long as it renews within its time to live", async () => {
  const clock = createManualClock();
  const registry = createMemoryRegistry({ clock });
  const service = aService();
  await registry.register(service, { ttlMs: 1_000 });
  clock.advance(999);
  await registry.register(service, { ttlMs: 1_000 });
  clock.advance(999);
  expect(await registry.getService(service.name)).toHaveLength(1);
  clock.advance(1);
  expect(await registry.getService(service.name)).toEqual([]);
  await registry.close();
});

it("what a caller does to a record stays with the caller", async () => {
  const registry = createMemoryRegistry();
  const service = aService();
  await registry.register(service);
  const [mine] = await registry.getService(service.name);
  mine!.nodes.length = 0;
  mine!.endpoints[0]!.name = "changed";
  expect(await registry.getService(service.name)).toEqual([service]);
  await registry.close();
});
