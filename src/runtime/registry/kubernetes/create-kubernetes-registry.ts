import { badRequest, unavailable } from "../../errors/index.ts";
import { type Clock, systemClock } from "../clock.ts";
import { createEventQueue, type EventQueue } from "../event-queue.ts";
import { checkRecord, compareServices, groupByVersion, sameRecord, splitRecord } from "../records.ts";
import type { Registry } from "../registry.ts";
import type { Service } from "../service.ts";
import { createApi } from "./api.ts";
import { type ClusterOptions, findCluster } from "./cluster.ts";
import { announce, changeOf, isLabelName, type PodChange, recordsOf, selectorOf } from "./pod.ts";
import { watchPods } from "./watch-pods.ts";

/** Settings of {@link createKubernetesRegistry}. */
export interface KubernetesRegistryOptions extends Partial<ClusterOptions> {
  /** How long the API server may take over one answer. Default 5000. */
  readonly timeoutMs?: number | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
}

const ID = "go.micro.registry";

/**
 * go-micro's Kubernetes registry (`go-plugins/registry/kubernetes`): a pod says in labels and annotations of its own which
 * services it runs. A node lives as long as its pod runs; `ttlMs` has no meaning. Of several processes in one pod that run
 * the same service, the last to register counts.
 */
export function createKubernetesRegistry(options: KubernetesRegistryOptions = {}): Registry {
  const { timeoutMs = 5_000, clock = systemClock, env = process.env, ...place } = options;
  const cluster = findCluster({ env, ...place });
  const api = createApi(cluster, timeoutMs);
  /** What this process has registered: service -> node id -> record of that node. */
  const own = new Map<string, Map<string, Service>>();
  const told = new Map<string, PodChange>();
  /** Patches one after the other: a later one must not be overtaken. */
  let patching: Promise<unknown> = Promise.resolve();
  const queues = new Set<EventQueue>();
  const beginning = new Set<Promise<void>>();
  let closed = false;

  async function ready(signal?: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (closed) throw unavailable(ID, `registry kubernetes (${cluster.url.host}) is closed`);
    if (beginning.size > 0) await Promise.all(beginning);
    signal?.throwIfAborted();
  }

  function patch(service: string): Promise<void> {
    const done = patching.then(async () => {
      const now = announce(service, [...(own.get(service)?.values() ?? [])]);
      await api.patchPod(cluster.pod, changeOf(told.get(service), now));
      if (Object.keys(now.annotations).length === 0) told.delete(service);
      else told.set(service, now);
    });
    patching = done.catch(() => {}); // who asked for it hears
    return done;
  }

  async function find(selector: string, signal: AbortSignal | undefined): Promise<Service[]> {
    await ready(signal);
    const { pods } = await api.listPods(selector, signal);
    return pods.flatMap(recordsOf).flatMap(splitRecord);
  }

  return {
    name: "kubernetes",
    address: cluster.url.host,

    async register(service) {
      checkRecord(service);
      await ready();
      if (!isLabelName(service.name)) {
        const detail = `registry kubernetes cannot carry ${service.name}: a label has at most 54 characters for it and ends with a letter or digit`;
        throw badRequest(ID, detail);
      }
      const nodes = own.get(service.name) ?? new Map<string, Service>();
      const before = new Map(nodes);
      let isNews = false;
      for (const record of splitRecord(service)) {
        const id = record.nodes[0]!.id;
        const known = nodes.get(id);
        isNews ||= known === undefined || !sameRecord(known, record);
        nodes.set(id, record);
      }
      if (!isNews) return;
      own.set(service.name, nodes);
      try {
        await patch(service.name);
      } catch (error) {
        own.set(service.name, before); // so that the next attempt is news again
        throw error;
      }
    },

    async deregister(service) {
      await ready();
      const nodes = own.get(service.name);
      const gone = service.nodes.filter(({ id }) => nodes?.delete(id) === true);
      if (nodes === undefined || gone.length === 0) return;
      if (nodes.size === 0) own.delete(service.name);
      await patch(service.name);
    },

    async getService(name, { signal } = {}) {
      await ready(signal);
      if (!isLabelName(name)) return [];
      const records = await find(selectorOf(name), signal);
      return groupByVersion(records.filter((record) => record.name === name));
    },

    async listServices({ signal } = {}) {
      const byName = new Map<string, Service[]>();
      for (const record of await find(selectorOf(), signal))
        byName.set(record.name, [...(byName.get(record.name) ?? []), record]);
      return [...byName.values()].flatMap(groupByVersion).sort(compareServices);
    },

    watch({ name, signal } = {}) {
      const begin = (queue: EventQueue) => {
        const stop = new AbortController();
        if (closed) queue.end();
        else {
          queues.add(queue);
          const emit = queue.push;
          // By the type and not by the name: then a pod that takes its label away is seen to change.
          const stands = watchPods({ api, selector: selectorOf(), name, emit, clock, signal: stop.signal });
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
      closed = true;
      for (const queue of [...queues]) queue.end();
      api.close();
    },
  };
}
