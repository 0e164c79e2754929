import { unavailable } from "../errors/index.ts";
import { type Clock, systemClock } from "./clock.ts";
import { checkRecord, compareServices, groupByVersion, sameRecord, splitRecord } from "./records.ts";
import type { Registry } from "./registry.ts";
import type { Service } from "./service.ts";
import { createWatchers } from "./watchers.ts";

/** Settings of {@link createMemoryRegistry}. */
export interface MemoryRegistryOptions {
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
}

/** One node's record and what ends its life. */
interface Entry {
  readonly record: Service;
  readonly cancelExpiry: () => void;
}

/**
 * The registry of one process, complete and without I/O: the reference for the contract, and what tests use. Services
 * find each other when they are given the same instance.
 */
export function createMemoryRegistry(options: MemoryRegistryOptions = {}): Registry {
  const clock = options.clock ?? systemClock;
  const services = new Map<string, Map<string, Entry>>();
  const watchers = createWatchers();
  let closed = false;

  const assertOpen = () => {
    if (closed) throw unavailable("go.micro.registry", "registry memory is closed");
  };
  const remove = (name: string, id: string) => {
    const nodes = services.get(name);
    const entry = nodes?.get(id);
    if (nodes === undefined || entry === undefined) return;
    entry.cancelExpiry();
    nodes.delete(id);
    if (nodes.size === 0) services.delete(name);
    watchers.emit({ action: "delete", service: entry.record });
  };
  const recordsOf = (nodes: Map<string, Entry>) => groupByVersion([...nodes.values()].map((e) => e.record));

  return {
    name: "memory",
    address: "",

    async register(service, { ttlMs } = {}) {
      assertOpen();
      checkRecord(service);
      for (const record of splitRecord(service)) {
        const id = record.nodes[0]!.id;
        const nodes = services.get(service.name) ?? new Map<string, Entry>();
        services.set(service.name, nodes);
        const before = nodes.get(id);
        before?.cancelExpiry();
        const cancelExpiry =
          ttlMs === undefined ? () => {} : clock.after(ttlMs, () => remove(service.name, id));
        nodes.set(id, { record, cancelExpiry });
        if (before === undefined) watchers.emit({ action: "create", service: record });
        else if (!sameRecord(before.record, record)) watchers.emit({ action: "update", service: record });
      }
    },

    async deregister(service) {
      assertOpen();
      for (const node of service.nodes) remove(service.name, node.id);
    },

    async getService(name, { signal } = {}) {
      assertOpen();
      signal?.throwIfAborted();
      const nodes = services.get(name);
      return nodes === undefined ? [] : recordsOf(nodes);
    },

    async listServices({ signal } = {}) {
      assertOpen();
      signal?.throwIfAborted();
      return [...services.values()].flatMap(recordsOf).sort(compareServices);
    },

    watch: watchers.watch,

    async close() {
      closed = true;
      for (const nodes of services.values()) for (const entry of nodes.values()) entry.cancelExpiry();
      services.clear();
      watchers.end();
    },
  };
}
