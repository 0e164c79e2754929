import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Registry, RegistryEvent, Service } from "../../src/runtime/registry/index.ts";

/** One place where services meet, seen by two parties. */
export interface RegistryUnderTest {
  readonly registry: Registry;
  /** Another party's view of the same place; may be the same object. */
  readonly peer: Registry;
  /** Frees what `registry` and `peer` do not. */
  close?(): Promise<void>;
}

export interface RegistryContract {
  readonly name: string;
  open(): Promise<RegistryUnderTest>;
  /** False when `listServices` knows names only. */
  readonly listsNodes: boolean;
  /** What ends a record that nobody deregisters: its time to live, or its process, which no longer answers. */
  readonly endsWith: "time" | "process";
}

/** A record under a name nobody else uses. */
export function aService(changes: Partial<Service> = {}): Service {
  const name = changes.name ?? `go.micro.srv.t${randomUUID().slice(0, 8)}`;
  return {
    name,
    version: "latest",
    metadata: {},
    endpoints: [
      {
        name: "Greeter.Hello",
        request: {
          name: "HelloRequest",
          type: "HelloRequest",
          values: [{ name: "name", type: "string", values: [] }],
        },
        response: null,
        metadata: { stream: "false" },
      },
    ],
    nodes: [aNode(name)],
    ...changes,
  };
}

let port = 20_000;

export function aNode(service: string): Service["nodes"][number] {
  port = port === 29_999 ? 20_000 : port + 1;
  return { id: `${service}-${randomUUID()}`, address: `127.0.0.1:${port}`, metadata: { protocol: "grpc" } };
}

/** Starts watching and collects; `until` waits for what the test is about, resets and repeated creates aside. */
export async function collect(registry: Registry, name?: string) {
  const stop = new AbortController();
  const seen: RegistryEvent[] = [];
  let notify = () => {};
  const done = (async () => {
    for await (const event of registry.watch({ name, signal: stop.signal })) {
      seen.push(event);
      notify();
    }
  })();
  // The first next() has been called by now; a lookup comes back only after the watch stands.
  await registry.getService(name ?? "go.micro.srv.nobody");
  return {
    seen,
    async until(action: RegistryEvent["action"], nodeId?: string, count = 1): Promise<RegistryEvent> {
      const fits = (event: RegistryEvent) =>
        event.action === action &&
        (nodeId === undefined ||
          (event.action !== "reset" && event.service.nodes.some((node) => node.id === nodeId)));
      for (;;) {
        const found = seen.filter(fits)[count - 1];
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => {
          notify = resolve;
        });
      }
    },
    async stop() {
      stop.abort();
      await done;
    },
  };
}

const ids = (services: Service[]) =>
  services.flatMap((service) => service.nodes.map((node) => node.id)).sort();

/** The promises of `Registry`, asked of one implementation. */
export function describeRegistry(contract: RegistryContract): void {
  describe(`the ${contract.name} registry`, () => {
    let place: RegistryUnderTest;
    let registry: Registry;
    let peer: Registry;
    beforeEach(async () => {
      place = await contract.open();
      ({ registry, peer } = place);
    });
    afterEach(async () => {
      await registry.close();
      await peer.close();
      await place.close?.();
    });

    it("gives others the whole record of a registered service", async () => {
      const service = aService();
      await registry.register(service);
      expect(await peer.getService(service.name)).toEqual([service]);
    });

    it("answers an unknown service with an empty list", async () => {
      expect(await registry.getService(aService().name)).toEqual([]);
    });

    it("answers names that every object inherits like any other unknown name", async () => {
      expect(await registry.getService("constructor")).toEqual([]);
      expect(await registry.getService("__proto__")).toEqual([]);
    });

    it("keeps metadata under names that every object inherits", async () => {
      const service = aService();
      service.nodes[0]!.metadata = JSON.parse('{"__proto__":"a","constructor":"b","ü":"\\n"}');
      await registry.register(service);
      const [found] = await peer.getService(service.name);
      expect(Object.entries(found!.nodes[0]!.metadata).sort()).toEqual(
        Object.entries(service.nodes[0]!.metadata).sort(),
      );
    });

    it("gathers the nodes of a version, whoever registered them", async () => {
      const one = aService();
      const two = { ...one, nodes: [aNode(one.name)] };
      await registry.register(one);
      await peer.register(two);
      const found = await registry.getService(one.name);
      expect(found).toHaveLength(1);
      expect(ids(found)).toEqual(ids([one, two]));
    });

    it("keeps versions apart", async () => {
      const one = aService({ version: "1" });
      const two = { ...one, version: "2", nodes: [aNode(one.name)] };
      await registry.register(two);
      await registry.register(one);
      expect((await peer.getService(one.name)).map((s) => [s.version, ids([s])])).toEqual([
        ["1", ids([one])],
        ["2", ids([two])],
      ]);
    });

    it("replaces a node that registers again with something new", async () => {
      const service = aService();
      await registry.register(service);
      const changed = structuredClone(service);
      changed.nodes[0]!.metadata.canary = "yes";
      changed.endpoints[0]!.name = "Greeter.Bye";
      await registry.register(changed);
      expect(await peer.getService(service.name)).toEqual([changed]);
    });

    it("forgets exactly the nodes that deregister", async () => {
      const service = aService();
      const [first, second] = [service.nodes[0]!, aNode(service.name)];
      await registry.register({ ...service, nodes: [first, second] });
      await registry.deregister({ ...service, nodes: [first] });
      expect(ids(await peer.getService(service.name))).toEqual([second.id]);
      await registry.deregister({ ...service, nodes: [second] });
      expect(await peer.getService(service.name)).toEqual([]);
    });

    it("lets an unknown node deregister", async () => {
      await registry.deregister(aService());
    });

    it("lists services by name, each once per version", async () => {
      const mark = randomUUID().slice(0, 8);
      const b = aService({ name: `go.micro.srv.b${mark}` });
      const a = aService({ name: `go.micro.srv.a${mark}` });
      await registry.register(b);
      await registry.register(a);
      await registry.register({ ...a, nodes: [aNode(a.name)] });
      const listed = (await peer.listServices()).filter((service) => service.name.endsWith(mark));
      expect(listed.map((service) => service.name)).toEqual([a.name, b.name]);
      expect(listed.map((service) => service.nodes.length)).toEqual(contract.listsNodes ? [2, 1] : [0, 0]);
      await registry.deregister(b);
      expect((await peer.listServices()).map((service) => service.name)).not.toContain(b.name);
    });

    it("shows a watcher what comes, changes and goes", async () => {
      const service = aService();
      const id = service.nodes[0]!.id;
      const watch = await collect(peer);
      await registry.register(service);
      expect(await watch.until("create", id)).toEqual({ action: "create", service });
      const changed = structuredClone(service);
      changed.nodes[0]!.metadata.canary = "yes";
      await registry.register(changed);
      expect(await watch.until("update", id)).toEqual({ action: "update", service: changed });
      await registry.deregister(changed);
      const gone = await watch.until("delete", id);
      expect(gone.action === "delete" && gone.service.name).toBe(service.name);
      await watch.stop();
    });

    it("shows a watcher only the service it asked for", async () => {
      const [mine, other] = [aService(), aService()];
      const watch = await collect(peer, mine.name);
      await registry.register(other);
      await registry.register(mine);
      await watch.until("create", mine.nodes[0]!.id);
      expect(watch.seen.filter((e) => e.action !== "reset" && e.service.name !== mine.name)).toEqual([]);
      await watch.stop();
    });

    it("does not tell a watcher about a renewal that changes nothing", async () => {
      const [service, marker] = [aService(), aService()];
      const watch = await collect(peer);
      await registry.register(service, { ttlMs: 60_000 });
      await watch.until("create", service.nodes[0]!.id);
      await registry.register(service, { ttlMs: 60_000 });
      await registry.register(marker);
      await watch.until("create", marker.nodes[0]!.id);
      expect(watch.seen.filter((e) => e.action === "update")).toEqual([]);
      await watch.stop();
    });

    it("ends a watch when its signal aborts", async () => {
      const stop = new AbortController();
      const iterator = registry.watch({ signal: stop.signal })[Symbol.asyncIterator]();
      const next = iterator.next();
      stop.abort();
      // A reset may come first: the watch had just begun.
      for (let result = await next; result.done !== true; result = await iterator.next());
    });

    it("ends watches when it is closed", async () => {
      const iterator = registry.watch()[Symbol.asyncIterator]();
      const next = iterator.next();
      await registry.close();
      for (let result = await next; result.done !== true; result = await iterator.next());
    });

    it("gives up a lookup whose signal aborts", async () => {
      const reason = new Error("enough");
      await expect(registry.getService("go.micro.srv.x", { signal: AbortSignal.abort(reason) })).rejects.toBe(
        reason,
      );
    });

    it("refuses a record without nodes", async () => {
      await expect(registry.register(aService({ nodes: [] }))).rejects.toMatchObject({ code: 400 });
    });

    it("answers with 503 once it is closed", async () => {
      await registry.close();
      await expect(registry.getService("go.micro.srv.x")).rejects.toMatchObject({ code: 503 });
      await expect(registry.register(aService())).rejects.toMatchObject({ code: 503 });
    });

    if (contract.endsWith === "time") {
      it("forgets a node that does not renew in time", async () => {
        const [brief, lasting] = [aService(), aService()];
        const watch = await collect(peer);
        await registry.register(brief, { ttlMs: 1_000 });
        await registry.register(lasting);
        await watch.until("delete", brief.nodes[0]!.id);
        expect(await peer.getService(brief.name)).toEqual([]);
        expect(await peer.getService(lasting.name)).toHaveLength(1);
        await watch.stop();
      });
    } else {
      it("forgets a node whose process is gone", async () => {
        const service = aService();
        await registry.register(service, { ttlMs: 60_000 });
        expect(await peer.getService(service.name)).toHaveLength(1);
        await registry.close();
        expect(await peer.getService(service.name)).toEqual([]);
      });
    }
  });
}
