import { setTimeout as sleep } from "node:timers/promises";
import {
  describeRegistry,
  MicroError,
  nearMatches,
  type Registry,
  type ServiceRecord,
  unavailable,
} from "@micro-service/runtime";
import { shortName } from "./full-name.ts";

export interface CatalogOptions {
  readonly registry: Registry;
  readonly namespace: string;
}

/**
 * What the registry knows of one namespace, remembered: 60 s, kept fresh by watching, served stale while the registry
 * is away. All methods reject with the registry's MicroError 503 when it is away and nothing is remembered.
 */
export interface Catalog {
  readonly namespace: string;
  /**
   * Records of one service, one per version; empty when there is none. Any name, also outside the namespace. What has
   * just changed is looked up behind the answer; `fresh` waits for it.
   */
  find(name: string, options?: { readonly fresh?: boolean }): Promise<readonly ServiceRecord[]>;
  /** All services of the namespace with nodes and endpoints, by name. The same array until something changes. */
  services(): Promise<readonly ServiceRecord[]>;
  /** `service "x" not found ...`: where it was looked for, and what the caller may have meant. Never rejects. */
  notFound(id: string, name: string): Promise<MicroError>;
  close(): void;
}

interface Entry {
  records: readonly ServiceRecord[];
  freshUntil: number;
  lookup: Promise<readonly ServiceRecord[]> | undefined;
}

const FRESH_MS = 60_000;
/** Names come from URLs: what is not there is asked again soon, and not remembered without end. */
const ABSENT_FRESH_MS = 1_000;
const MOST_NAMES = 2_000;
const MOST_LOOKUPS = 64;
const RETRY_WATCH_MS = 1_000;

export function createCatalog({ registry, namespace }: CatalogOptions): Catalog {
  const entries = new Map<string, Entry>();
  const closing = new AbortController();
  let names: readonly string[] = [];
  let namesFreshUntil = 0;
  let listing: Promise<readonly string[]> | undefined;
  let running = 0;
  let snapshot: readonly ServiceRecord[] | undefined;
  let snapshotOf = -1;
  let snapshotUntil = 0;
  let snapping: Promise<readonly ServiceRecord[]> | undefined;
  /** Counts changes: an answer that was under way while one happened is not kept as fresh. */
  let generation = 0;
  let watching = false;

  const within = (name: string): boolean => shortName(namespace, name) !== undefined;

  const watch = async (): Promise<void> => {
    watching = true;
    while (!closing.signal.aborted) {
      try {
        for await (const event of registry.watch({ signal: closing.signal })) {
          generation++;
          namesFreshUntil = 0;
          if (event.action === "reset") for (const entry of entries.values()) entry.freshUntil = 0;
          else {
            const known = entries.get(event.service.name);
            if (known !== undefined) known.freshUntil = 0;
            // Asked for at once, so that a new service's routes are there for the next request.
            if (within(event.service.name)) lookUp(event.service.name).catch(() => {});
          }
        }
      } catch {
        // The contract says a watch never ends; one that does is begun again, what was missed ages out.
      }
      await sleep(RETRY_WATCH_MS, undefined, { signal: closing.signal, ref: false }).catch(() => {}); // closed
    }
  };

  const entryOf = (name: string): Entry => {
    let entry = entries.get(name);
    if (entry === undefined) {
      if (entries.size >= MOST_NAMES) evict(entries);
      entry = { records: [], freshUntil: 0, lookup: undefined };
      entries.set(name, entry);
    }
    return entry;
  };

  const lookUp = (name: string): Promise<readonly ServiceRecord[]> => {
    const entry = entryOf(name);
    if (entry.lookup !== undefined) return entry.lookup;
    if (running >= MOST_LOOKUPS)
      return Promise.reject(unavailable("go.micro.gateway", "too many registry lookups under way"));
    if (!watching) void watch();
    const before = generation;
    running++;
    entry.lookup = registry
      .getService(name, { signal: closing.signal })
      .then((found) => {
        entry.records = found.filter((record) => record.nodes.length > 0);
        const ttl = entry.records.length > 0 ? FRESH_MS : ABSENT_FRESH_MS;
        entry.freshUntil = before === generation ? Date.now() + ttl : 0;
        return entry.records;
      })
      .catch((error: unknown) => {
        if (entry.records.length === 0) throw error;
        entry.freshUntil = Date.now() + ABSENT_FRESH_MS;
        return entry.records;
      })
      .finally(() => {
        running--;
        entry.lookup = undefined;
      });
    return entry.lookup;
  };

  const find: Catalog["find"] = async (name, { fresh = false } = {}) => {
    const entry = entries.get(name);
    if (entry !== undefined && Date.now() < entry.freshUntil) return entry.records;
    const looking = lookUp(name);
    if (fresh || entry === undefined || entry.records.length === 0) return looking;
    looking.catch(() => {}); // what is known goes on serving; the next call tries again
    return entry.records;
  };

  const list = async (): Promise<readonly string[]> => {
    if (Date.now() < namesFreshUntil) return names;
    if (!watching) void watch();
    const before = generation;
    listing ??= registry
      .listServices({ signal: closing.signal })
      .then((found) => {
        names = [...new Set(found.map((record) => record.name))].sort();
        namesFreshUntil = before === generation ? Date.now() + FRESH_MS : 0;
        return names;
      })
      .catch((error: unknown) => {
        if (names.length === 0) throw error;
        namesFreshUntil = Date.now() + ABSENT_FRESH_MS;
        return names;
      })
      .finally(() => {
        listing = undefined;
      });
    return listing;
  };

  const takeSnapshot = (): Promise<readonly ServiceRecord[]> => {
    snapping ??= (async () => {
      const before = generation;
      const wanted = (await list()).filter(within);
      const found = await Promise.all(wanted.map((name) => find(name, { fresh: true })));
      const records = found.flat();
      if (snapshot === undefined || !sameItems(snapshot, records)) snapshot = records;
      snapshotOf = before;
      // As fresh as its oldest part: an answer given while the registry was away must not last.
      const parts = wanted.map((name) => entries.get(name)?.freshUntil ?? 0);
      snapshotUntil = Math.min(namesFreshUntil, ...parts);
      return snapshot;
    })().finally(() => {
      snapping = undefined;
    });
    return snapping;
  };

  return {
    namespace,
    find,
    async services() {
      if (snapshot !== undefined && snapshotOf === generation && Date.now() < snapshotUntil) return snapshot;
      const looking = takeSnapshot();
      if (snapshot === undefined) return looking;
      looking.catch(() => {}); // as in find
      return snapshot;
    },
    async notFound(id, name) {
      const where = describeRegistry(registry);
      const known = await list().catch(() => []);
      const near = nearMatches(name, known.filter(within));
      const others = near.length > 0 ? ` Did you mean ${near.join(" or ")}?` : "";
      const detail = `service ${name} not found in namespace ${namespace || '""'} of registry ${where}.${others}`;
      return new MicroError({ id, code: 404, detail });
    },
    close() {
      closing.abort();
      entries.clear();
    },
  };
}

function sameItems(a: readonly ServiceRecord[], b: readonly ServiceRecord[]): boolean {
  return a.length === b.length && a.every((record, index) => record === b[index]);
}

/** Makes room: the oldest name that was not there, else the oldest. */
function evict(entries: Map<string, Entry>): void {
  let victim: string | undefined;
  for (const [name, entry] of entries) {
    if (entry.lookup !== undefined) continue;
    victim ??= name;
    if (entry.records.length > 0) continue;
    victim = name;
    break;
  }
  if (victim !== undefined) entries.delete(victim);
}
