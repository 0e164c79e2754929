import {
  isDialable,
  type Node,
  type Registry,
  type RegistryEvent,
  type Service,
} from "../../registry/index.ts";

/** The subscribers of one dialect on a registry, remembered and kept fresh by watching. */
export interface Roster {
  /**
   * Those of a topic, by the version of their record: their queue, or `BROADCAST`. Rejects with the registry's error when
   * it never answered; later on what is known is used while it is away.
   */
  subscribers(topic: string): Promise<ReadonlyMap<string, readonly Node[]>>;
  /** Takes over a change the registry has accepted but may not have told yet. */
  apply(event: RegistryEvent): void;
  /** Something said is not true any more: asks the registry again, at most once a second. */
  doubt(): void;
  close(): void;
}

/** Subscribers of all topics; whoever may register could make up any number. */
const MAX_NODES = 10_000;
const TTL_MS = 60_000;
const MIN_AGE_MS = 1_000;
const LOOKUP_TIMEOUT_MS = 5_000;

/**
 * Looks `serviceName` up when first asked, then follows the registry's events. Who registered at an address that may not
 * be dialled is no subscriber.
 */
export function createRoster(
  registry: Registry,
  serviceName: string,
  mayDial: (address: string) => boolean = isDialable,
): Roster {
  /** Queue (the record's version) -> node id -> node. */
  let records = new Map<string, Map<string, Node>>();
  let missed: RegistryEvent[] | undefined;
  let loading: Promise<void> | undefined;
  let loadedAt = Number.NEGATIVE_INFINITY;
  let fresh = false;
  const watching = new AbortController();
  let watched = false;

  function upsert({ version, nodes }: Service, into = records): void {
    const known = into.get(version) ?? new Map<string, Node>();
    into.set(version, known);
    for (const node of nodes) {
      if (!known.has(node.id) && sizeOf(into) >= MAX_NODES) return;
      known.set(node.id, node);
    }
  }
  function apply(event: RegistryEvent): void {
    missed?.push(event);
    if (event.action === "reset") fresh = false;
    else if (event.action === "delete") {
      for (const node of event.service.nodes) records.get(event.service.version)?.delete(node.id);
    } else upsert(event.service);
  }
  async function watch(): Promise<void> {
    try {
      const events = registry.watch({ name: serviceName, signal: watching.signal });
      for await (const event of events) if (!watching.signal.aborted) apply(event);
    } catch {
      // The registry is closed: from here on only the time to live keeps what we know in step.
    }
  }
  async function load(): Promise<void> {
    missed = [];
    try {
      const signal = AbortSignal.any([watching.signal, AbortSignal.timeout(LOOKUP_TIMEOUT_MS)]);
      const services = await registry.getService(serviceName, { signal });
      const loaded = new Map<string, Map<string, Node>>();
      for (const service of services) upsert(service, loaded);
      records = loaded;
      loadedAt = performance.now();
      fresh = true;
      // What was said during the look-up may be newer than its answer.
      const events = missed;
      missed = undefined;
      for (const event of events) apply(event);
    } finally {
      missed = undefined;
      loading = undefined;
    }
  }

  return {
    apply,
    async subscribers(topic) {
      if (!watched) {
        watched = true;
        void watch();
      }
      if (!fresh) {
        loading ??= load();
        try {
          await loading;
        } catch (error) {
          if (loadedAt === Number.NEGATIVE_INFINITY) throw error;
        }
      } else if (performance.now() - loadedAt > TTL_MS) {
        // What is known is good enough for now: no event has to wait for a slow registry.
        loading ??= load();
        loading.catch(() => {});
      }
      const found = new Map<string, Node[]>();
      for (const [version, nodes] of records) {
        const listening = [...nodes.values()].filter(
          ({ metadata, address }) =>
            metadata.topic === topic && metadata.broker === "http" && mayDial(address),
        );
        if (listening.length > 0) found.set(version, listening);
      }
      return found;
    },
    doubt() {
      if (performance.now() - loadedAt > MIN_AGE_MS) fresh = false;
    },
    close() {
      watching.abort();
    },
  };
}

function sizeOf(records: ReadonlyMap<string, ReadonlyMap<string, Node>>): number {
  let size = 0;
  for (const nodes of records.values()) size += nodes.size;
  return size;
}
