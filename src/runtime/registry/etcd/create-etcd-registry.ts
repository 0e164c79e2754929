import { unavailable } from "../../errors/index.ts";
import { type Clock, systemClock } from "../clock.ts";
import { createEventQueue, type EventQueue } from "../event-queue.ts";
import { checkRecord, compareServices, groupByVersion, splitRecord } from "../records.ts";
import type { Registry } from "../registry.ts";
import type { Service } from "../service.ts";
import { createGateway, type EtcdTls } from "./gateway.ts";
import { fromValue, hostAndPort, nodeKey, prefixRange, servicePrefix, toBase64 } from "./keys.ts";
import { type Leases, storeNode } from "./store-node.ts";
import { watchKeys } from "./watch-keys.ts";

/** Settings of {@link createEtcdRegistry}. */
export interface EtcdRegistryOptions {
  /** `host`, `host:port` or a URL, several for a cluster. Default: `127.0.0.1:2379`. An `https://` one turns TLS on. */
  readonly addresses?: readonly string[] | undefined;
  /** How long one question to one address may take. Default: 5,000. */
  readonly timeoutMs?: number | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** `{}`: TLS with the system's authorities. Default: none. */
  readonly tls?: EtcdTls | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
}

/**
 * Services find each other in etcd 3.4 or newer, in go-micro's layout: one key per node, which lives as long as its
 * lease. Records with `ttlMs` go away when not registered again in time (whole seconds, etcd's own minimum is about 2);
 * a lease that was lost is replaced at the next `register`.
 */
export function createEtcdRegistry(options: EtcdRegistryOptions = {}): Registry {
  const { timeoutMs = 5_000, clock = systemClock, password } = options;
  // From the environment, where empty means unset.
  const username = options.username === "" ? undefined : options.username;
  const given = (options.addresses ?? []).filter((address) => address !== "");
  const addresses = (given.length > 0 ? given : ["127.0.0.1"]).map(hostAndPort);
  const tls = options.tls ?? (given.some((address) => address.startsWith("https://")) ? {} : undefined);
  const gateway = createGateway({ addresses, timeoutMs, username, password, tls });
  const place = addresses.join(",");
  const leases: Leases = new Map();
  const queues = new Set<EventQueue>();
  const beginning = new Set<Promise<void>>();
  const closing = new AbortController();

  /** Lets watches that are being made stand first: what is asked or done afterwards cannot slip past them. */
  const ready = async (signal?: AbortSignal | undefined) => {
    signal?.throwIfAborted();
    if (closing.signal.aborted) throw unavailable("go.micro.registry", `registry etcd (${place}) is closed`);
    if (beginning.size > 0) await Promise.all(beginning);
    signal?.throwIfAborted();
  };
  const find = async (prefix: string, signal: AbortSignal | undefined): Promise<Service[]> => {
    await ready(signal);
    const { kvs } = await gateway.call("/kv/range", prefixRange(prefix), signal);
    return (Array.isArray(kvs) ? (kvs as { value?: string }[]) : [])
      .map(({ value }) => fromValue(value))
      .filter((record) => record !== undefined);
  };

  return {
    name: "etcd",
    address: place,

    async register(service, { ttlMs } = {}) {
      checkRecord(service);
      await ready();
      for (const record of splitRecord(service)) await storeNode(gateway, leases, record, ttlMs);
    },

    async deregister(service) {
      await ready();
      for (const node of service.nodes) {
        const key = nodeKey(service.name, node.id);
        leases.delete(key);
        await gateway.call("/kv/deleterange", { key: toBase64(key) });
      }
    },

    async getService(name, { signal } = {}) {
      const records = await find(servicePrefix(name), signal);
      // "a/b" and "a-b" share their keys.
      return groupByVersion(records.filter((record) => record.name === name));
    },

    async listServices({ signal } = {}) {
      const byName = new Map<string, Service[]>();
      for (const record of await find(servicePrefix(), signal)) {
        const known = byName.get(record.name);
        if (known === undefined) byName.set(record.name, [record]);
        else known.push(record);
      }
      return [...byName.values()].flatMap(groupByVersion).sort(compareServices);
    },

    watch({ name, signal } = {}) {
      const begin = (queue: EventQueue) => {
        const stop = new AbortController();
        if (closing.signal.aborted) queue.end();
        else {
          queues.add(queue);
          const prefix = servicePrefix(name);
          const stands = watchKeys({ gateway, prefix, queue, clock, timeoutMs, signal: stop.signal });
          beginning.add(stands);
          void stands.then(() => beginning.delete(stands));
        }
        return () => {
          queues.delete(queue);
          stop.abort();
        };
      };
      return createEventQueue(begin, signal).events;
    },

    async close() {
      closing.abort();
      for (const queue of [...queues]) queue.end();
      gateway.close();
    },
  };
}
