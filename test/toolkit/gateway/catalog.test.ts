import { createMemoryRegistry, MicroError, type Registry, type ServiceRecord } from "@micro-service/runtime";
import { afterEach, describe, expect, test } from "vitest";
import { type Catalog, createCatalog } from "../../../src/toolkit/gateway/catalog.ts";

const record = (name: string, endpoint = "A.B"): ServiceRecord => ({
  name,
  version: "latest",
  metadata: {},
  endpoints: [{ name: endpoint, request: null, response: null, metadata: {} }],
  nodes: [{ id: `${name}-1`, address: "127.0.0.1:1", metadata: {} }],
});

/** A memory registry that counts questions and can be away. */
function countingRegistry() {
  const inner = createMemoryRegistry();
  const counts = { get: 0, list: 0 };
  const state = { away: false };
  const ask = () => {
    if (state.away) throw new MicroError({ id: "go.micro.registry", code: 503, detail: "registry is away" });
  };
  const registry: Registry = {
    ...inner,
    async getService(name, options) {
      counts.get++;
      ask();
      return inner.getService(name, options);
    },
    async listServices(options) {
      counts.list++;
      ask();
      return inner.listServices(options);
    },
  };
  return { registry, counts, state };
}

let catalog: Catalog;
afterEach(() => catalog.close());

describe("a catalog remembers what the registry said", () => {
  test("a known service is asked for once", async () => {
    const { registry, counts } = countingRegistry();
    await registry.register(record("go.micro.api.a"));
    catalog = createCatalog({ registry, namespace: "go.micro.api" });
    for (let i = 0; i < 5; i++) expect(await catalog.find("go.micro.api.a")).toHaveLength(1);
    expect(counts.get).toBe(1);
  });

  test("questions at the same time are one question", async () => {
    const { registry, counts } = countingRegistry();
    catalog = createCatalog({ registry, namespace: "go.micro.api" });
    await Promise.all(Array.from({ length: 20 }, () => catalog.find("go.micro.api.nope")));
    expect(counts.get).toBe(1);
  });

  test("the list of services is the same array until something changes", async () => {
    const { registry, counts } = countingRegistry();
    await registry.register(record("go.micro.api.a"));
    await registry.register(record("go.micro.srv.a"));
    catalog = createCatalog({ registry, namespace: "go.micro.api" });
    const services = await catalog.services();
    expect(services.map((service) => service.name)).toEqual(["go.micro.api.a"]);
    expect(await catalog.services()).toBe(services);
    expect(counts).toEqual({ get: 1, list: 1 });
    await registry.register(record("go.micro.api.b"));
    await expect.poll(async () => (await catalog.services()).length).toBe(2);
  });

  test("a change is seen", async () => {
    const { registry } = countingRegistry();
    await registry.register(record("go.micro.api.a"));
    catalog = createCatalog({ registry, namespace: "go.micro.api" });
    await catalog.find("go.micro.api.a");
    await registry.register(record("go.micro.api.a", "A.C"));
    const name = async () => (await catalog.find("go.micro.api.a"))[0]?.endpoints[0]?.name;
    await expect.poll(name).toBe("A.C");
  });

  test("while the registry is away, what is known is served; what is not is its error", async () => {
    const { registry, state } = countingRegistry();
    await registry.register(record("go.micro.api.a"));
    catalog = createCatalog({ registry, namespace: "go.micro.api" });
    await catalog.services();
    state.away = true;
    await registry.register(record("go.micro.api.b"));
    await new Promise(setImmediate);
    expect(await catalog.find("go.micro.api.a")).toHaveLength(1);
    expect((await catalog.services()).length).toBe(1);
    await expect(catalog.find("go.micro.api.c")).rejects.toMatchObject({ code: 503 });
    state.away = false;
    await expect.poll(async () => (await catalog.services()).length, { timeout: 5_000 }).toBe(2);
  });

  test("more than 64 unknown names at once are refused instead of asked", async () => {
    const { registry, counts } = countingRegistry();
    catalog = createCatalog({ registry, namespace: "go.micro.api" });
    const answers = await Promise.allSettled(
      Array.from({ length: 100 }, (_, index) => catalog.find(`go.micro.api.n${index}`)),
    );
    expect(answers.filter((answer) => answer.status === "rejected")).toHaveLength(36);
    expect(counts.get).toBe(64);
  });
});
