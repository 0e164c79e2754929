import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createEtcdRegistry } from "../../src/runtime/registry/etcd/index.ts";
import type { Registry } from "../../src/runtime/registry/index.ts";
import { aNode, aService, collect, describeRegistry } from "../contract/registry.ts";
import { createEtcd, etcdSkipReason, freePort, isEtcdMissing } from "../support/etcd.ts";

describe.skipIf(isEtcdMissing)(`with Debian's etcd${etcdSkipReason}`, () => {
  let etcd: Awaited<ReturnType<typeof createEtcd>>;
  const open: Registry[] = [];
  const connect = (options: Parameters<typeof createEtcdRegistry>[0] = {}) => {
    const registry = createEtcdRegistry({ addresses: [etcd.address], ...options });
    open.push(registry);
    return registry;
  };
  beforeAll(async () => {
    etcd = await createEtcd();
    await etcd.start();
  });
  afterEach(async () => {
    for (const registry of open.splice(0)) await registry.close();
  });
  afterAll(() => etcd.remove());

  describeRegistry({
    name: "etcd",
    listsNodes: true,
    endsWith: "time",
    open: async () => ({ registry: connect(), peer: connect() }),
  });

  const text = (value: unknown) => Buffer.from(String(value), "base64").toString();
  const keyOf = (service: { name: string; nodes: { id: string }[] }) =>
    `/micro/registry/${service.name}/${service.nodes[0]!.id}`;
  const read = async (key: string) => {
    const { kvs } = await etcd.post("/kv/range", { key: Buffer.from(key).toString("base64") });
    return (kvs as Record<string, string>[] | undefined)?.[0];
  };

  it("a node is one key with go-micro's JSON, under a lease of its time to live", async () => {
    const service = aService();
    service.nodes[0]!.id = "with/slash";
    await connect().register(service, { ttlMs: 60_000 });
    const stored = await read(`/micro/registry/${service.name}/with-slash`);
    expect(text(stored!.value)).toBe(
      `{"name":"${service.name}","version":"latest","metadata":null,"endpoints":[{"name":"Greeter.Hello","request":{"name":"HelloRequest","type":"HelloRequest","values":[{"name":"name","type":"string","values":null}]},"response":null,"metadata":{"stream":"false"}}],"nodes":[{"id":"with/slash","address":"${service.nodes[0]!.address}","metadata":{"protocol":"grpc"}}]}`,
    );
    const lease = await etcd.post("/lease/timetolive", { ID: stored!.lease });
    expect(lease.grantedTTL).toBe("60");
  });

  it("a renewal writes nothing, and a restart under the same id adopts the lease", async () => {
    const service = aService();
    await connect().register(service, { ttlMs: 60_000 });
    const before = await read(keyOf(service));
    const restarted = connect();
    await restarted.register(service, { ttlMs: 60_000 });
    await restarted.register(service, { ttlMs: 60_000 });
    expect(await read(keyOf(service))).toEqual(before);
  });

  it("a lease that was lost is replaced by the next registration", async () => {
    const registry = connect();
    const service = aService();
    await registry.register(service, { ttlMs: 60_000 });
    await etcd.post("/lease/revoke", { ID: (await read(keyOf(service)))!.lease });
    expect(await registry.getService(service.name)).toEqual([]);
    await registry.register(service, { ttlMs: 60_000 });
    expect(await registry.getService(service.name)).toEqual([service]);
  });

  it("a key that somebody removed comes back with the next registration", async () => {
    const registry = connect();
    const service = aService();
    await registry.register(service, { ttlMs: 60_000 });
    await connect().deregister(service);
    await registry.register(service, { ttlMs: 60_000 });
    expect(await registry.getService(service.name)).toEqual([service]);
  });

  it("what is no record is passed over", async () => {
    const service = aService();
    const registry = connect();
    await registry.register(service);
    for (const value of ["", "{", "[]", '{"name":5}', '{"name":"other","nodes":[{"id":"x","address":"y"}]}'])
      await etcd.post("/kv/put", {
        key: Buffer.from(`/micro/registry/${service.name}/x${value.length}`).toString("base64"),
        value: Buffer.from(value).toString("base64"),
      });
    expect(await registry.getService(service.name)).toEqual([service]);
  });

  it("an etcd that is not there is a 503 with its address, at once", async () => {
    const port = await freePort();
    const registry = createEtcdRegistry({ addresses: [`127.0.0.1:${port}`, `http://127.0.0.1:${port}/`] });
    const failure = {
      code: 503,
      detail: `registry etcd (127.0.0.1:${port}, 127.0.0.1:${port}) cannot be reached: connection refused`,
    };
    await expect(registry.getService("x")).rejects.toMatchObject(failure);
    await expect(registry.register(aService())).rejects.toMatchObject(failure);
    await registry.close();
  });

  it("an address that is silent is a 503 after the time allowed, and the next address is asked", async () => {
    const silent = createServer(() => {}).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as { port: number };
    const alone = createEtcdRegistry({ addresses: [`127.0.0.1:${port}`], timeoutMs: 200 });
    await expect(alone.getService("x")).rejects.toMatchObject({
      code: 503,
      detail: `registry etcd (127.0.0.1:${port}) did not answer within 200 ms`,
    });
    const both = createEtcdRegistry({ addresses: [`127.0.0.1:${port}`, etcd.address], timeoutMs: 200 });
    expect(await both.getService("x")).toEqual([]);
    await alone.close();
    await both.close();
    silent.close();
  });

  it("something that is not etcd is a 503 that says so", async () => {
    const { createServer: createHttp } = await import("node:http");
    const other = createHttp((_request, response) => response.end("<html>")).listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const registry = createEtcdRegistry({ addresses: [`127.0.0.1:${port}`] });
    await expect(registry.getService("x")).rejects.toMatchObject({
      code: 503,
      detail: `registry etcd (127.0.0.1:${port}) does not answer like etcd (HTTP 200)`,
    });
    await registry.close();
    other.close();
    other.closeAllConnections();
  });

  it("a watcher outlives a restart of etcd: it is told to look again, then sees what changes", async () => {
    const registry = connect();
    const watch = await collect(registry);
    await etcd.stop();
    await etcd.start();
    await watch.until("reset");
    const service = aService({ nodes: [] });
    service.nodes.push(aNode(service.name));
    await registry.register(service);
    await watch.until("create", service.nodes[0]!.id);
    await watch.stop();
  });
});

describe.skipIf(isEtcdMissing)(`with an etcd that asks for a password${etcdSkipReason}`, () => {
  it("a registry that has it works, also with a token that etcd has forgotten; one without is refused", async () => {
    const etcd = await createEtcd();
    await etcd.start();
    try {
      await etcd.post("/auth/user/add", { name: "root", password: "secret" });
      await etcd.post("/auth/role/add", { name: "root" });
      await etcd.post("/auth/user/grant", { user: "root", role: "root" });
      await etcd.post("/auth/enable", {});
      const registry = createEtcdRegistry({
        addresses: [etcd.address],
        username: "root",
        password: "secret",
      });
      const service = aService();
      await registry.register(service, { ttlMs: 60_000 });
      // Simple tokens live in memory.
      await etcd.stop();
      await etcd.start();
      expect(await registry.getService(service.name)).toEqual([service]);
      const stranger = createEtcdRegistry({ addresses: [etcd.address] });
      await expect(stranger.getService(service.name)).rejects.toMatchObject({
        detail: expect.stringContaining("user name is empty"),
      });
      const wrong = createEtcdRegistry({ addresses: [etcd.address], username: "root", password: "guess" });
      await expect(wrong.getService(service.name)).rejects.toMatchObject({
        detail: expect.stringContaining("authentication failed"),
      });
      for (const each of [registry, stranger, wrong]) await each.close();
    } finally {
      await etcd.remove();
    }
  });
});
