import type { Clock, Node, Registry, RegistryEvent, Service } from "../registry/index.ts";
import type { NodesListener, Selection } from "./selector.ts";

// Services asked for, found or not; names may come from requests.
const MAX_SERVICES = 1_000;
const NOT_FOUND_TTL_MS = 1_000;
const RETRY_AFTER_FAILURE_MS = 1_000;
const MAX_PENDING_EVENTS = 1_000;
// Nodes per service: whoever can write to the registry must not fill our memory.
const MAX_NODES = 10_000;

type ChangeEvent = Exclude<RegistryEvent, { action: "reset" }>;

/** All nodes of one service; empty: looked up, and not there. Replaced, never changed. */
export interface CachedService {
  readonly selections: readonly Selection[];
}

interface Slot {
  cached: CachedService | undefined;
  /** From here on the answer is renewed in the background while it is still given. */
  renewAt: number;
  /** From here on callers wait for a new answer. */
  freshUntil: number;
  /** The registry could not be asked the last time. */
  away: boolean;
  lookup: Promise<CachedService> | undefined;
  /** Changes seen while the lookup runs: its answer may be older than they are. */
  missed: ChangeEvent[];
}

/** Settings of {@link createServiceCache}. */
export interface ServiceCacheOptions {
  readonly ttlMs: number;
  readonly clock: Clock;
  /** Told when the nodes of a service that is remembered change; not of its first answer. */
  readonly onChange: NodesListener;
}

/** What the registry said, remembered per service. */
export interface ServiceCache {
  /** At once from memory while fresh, else from the registry; never rejects while it has an older answer. */
  get(name: string): CachedService | Promise<CachedService>;
  close(): void;
}

/**
 * Remembers lookups for `ttlMs`, kept fresh by one watch for all services that starts with the first lookup. Callers
 * asking at the same time share one lookup; a service in use is looked up again at half time, so that nobody waits.
 * While the registry is away the last answer is given at once, and the registry asked again once a second. "Not there"
 * is remembered for 1 s, or until the watch sees such a service.
 */
export function createServiceCache(registry: Registry, options: ServiceCacheOptions): ServiceCache {
  const { ttlMs, clock, onChange } = options;
  const slots = new Map<string, Slot>();
  const closing = new AbortController();
  let watching = false;

  const replace = (name: string, slot: Slot, cached: CachedService) => {
    const before = slot.cached;
    slot.cached = cached;
    if (before === undefined) return;
    const joined = missingIn(before, cached);
    const left = missingIn(cached, before);
    if (joined.length > 0 || left.length > 0) onChange({ service: name, joined, left });
  };

  const apply = (event: RegistryEvent) => {
    if (event.action === "reset") {
      for (const slot of slots.values()) outdate(slot);
      return;
    }
    const slot = slots.get(event.service.name);
    if (slot === undefined) return;
    if (slot.lookup !== undefined && slot.missed.length < MAX_PENDING_EVENTS) slot.missed.push(event);
    if (slot.cached === undefined) return;
    if (slot.cached.selections.length === 0) {
      // The event has only the nodes that changed; there may be more.
      outdate(slot);
    } else {
      replace(event.service.name, slot, withChange(slot.cached, event));
      if (slot.cached.selections.length === 0) outdate(slot);
    }
  };

  const watch = async () => {
    watching = true;
    try {
      for await (const event of registry.watch({ signal: closing.signal })) apply(event);
    } catch {
      // A registry that cannot be watched is still asked again when an answer grows old.
    }
    watching = false;
  };

  const lookUp = async (name: string, slot: Slot): Promise<CachedService> => {
    slot.missed = [];
    try {
      let found = toCached(await registry.getService(name, { signal: closing.signal }));
      for (const event of slot.missed) found = withChange(found, event);
      const lifeMs = found.selections.length > 0 ? ttlMs : Math.min(ttlMs, NOT_FOUND_TTL_MS);
      replace(name, slot, found);
      slot.freshUntil = clock.now() + lifeMs;
      slot.renewAt = found.selections.length > 0 ? clock.now() + lifeMs / 2 : slot.freshUntil;
      slot.away = false;
      if (slot.missed.length >= MAX_PENDING_EVENTS) outdate(slot);
      return found;
    } catch (error) {
      slot.away = true;
      slot.renewAt = clock.now() + RETRY_AFTER_FAILURE_MS;
      if (slot.cached === undefined || slot.cached.selections.length === 0) throw error;
      return slot.cached;
    } finally {
      slot.lookup = undefined;
      slot.missed = [];
    }
  };

  const slotOf = (name: string): Slot => {
    const known = slots.get(name);
    if (known !== undefined) return known;
    if (slots.size >= MAX_SERVICES) evict(slots);
    const slot: Slot = {
      cached: undefined,
      renewAt: Number.NEGATIVE_INFINITY,
      freshUntil: Number.NEGATIVE_INFINITY,
      away: false,
      lookup: undefined,
      missed: [],
    };
    slots.set(name, slot);
    return slot;
  };

  return {
    get(name) {
      const slot = slotOf(name);
      const now = clock.now();
      const { cached } = slot;
      if (cached !== undefined && now < slot.freshUntil && now < slot.renewAt) return cached;
      const usable =
        cached !== undefined && (now < slot.freshUntil || (slot.away && cached.selections.length > 0));
      if (slot.lookup === undefined && (!usable || now >= slot.renewAt)) {
        // Watching starts before asking, so that nothing falls between the two.
        if (!watching && !closing.signal.aborted) void watch();
        slot.lookup = lookUp(name, slot);
        // Nobody may be waiting: a failure is then seen as `away`.
        slot.lookup.catch(() => {});
      }
      return usable ? cached : slot.lookup!;
    },
    close() {
      closing.abort();
      slots.clear();
    },
  };
}

function outdate(slot: Slot): void {
  slot.freshUntil = Number.NEGATIVE_INFINITY;
  slot.renewAt = Number.NEGATIVE_INFINITY;
}

/** Makes room: the oldest name that was not there, else the oldest. */
function evict(slots: Map<string, Slot>): void {
  let victim: string | undefined;
  for (const [name, slot] of slots) {
    if (slot.lookup !== undefined) continue;
    victim ??= name;
    if (slot.cached === undefined || slot.cached.selections.length === 0) {
      victim = name;
      break;
    }
  }
  if (victim !== undefined) slots.delete(victim);
}

/** Nodes of `cached` whose address is none of `other`. */
function missingIn(other: CachedService, cached: CachedService): Node[] {
  const known = new Set(other.selections.map(({ node }) => node.address));
  return cached.selections.map(({ node }) => node).filter(({ address }) => !known.has(address));
}

function toCached(services: readonly Service[]): CachedService {
  const selections = services.flatMap((service) => service.nodes.map((node) => ({ node, service })));
  return { selections: selections.slice(0, MAX_NODES) };
}

function withChange(cached: CachedService, event: ChangeEvent): CachedService {
  const changed = new Set(event.service.nodes.map((node) => node.id));
  const kept = cached.selections.filter((selection) => !changed.has(selection.node.id));
  if (event.action === "delete") return { selections: kept };
  return { selections: [...kept, ...toCached([event.service]).selections].slice(0, MAX_NODES) };
}
