import { MicroError, notFound, unavailable } from "../errors/index.ts";
import { type Clock, describeRegistry, type Node, type Registry, systemClock } from "../registry/index.ts";
import { nearMatches } from "./near-matches.ts";
import { type Avoidance, createNodeStates } from "./node-states.ts";
import type { NodesListener, Selection, SelectOptions, Selector, Strategy } from "./selector.ts";
import { type CachedService, createServiceCache } from "./service-cache.ts";
import { STRATEGIES, type StrategyFactory, type StrategyName } from "./strategies.ts";

/** Settings of {@link createSelector}. */
export interface CreateSelectorOptions {
  /** Where nodes are looked up; the selector watches it but does not close it. */
  readonly registry: Registry;
  /** Default: `leastLoaded`. A factory is called once per service. */
  readonly strategy?: StrategyName | StrategyFactory | undefined;
  /** How long an answer of the registry is used while the watch says nothing. Default: 60,000. */
  readonly cacheTtlMs?: number | undefined;
  /** Calls of ours that one node may have in flight; it is passed over beyond. Default: any number. */
  readonly maxInFlightPerNode?: number | undefined;
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  /** Values in [0, 1) for the strategy. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
}

/** What is kept between picks, so that a pick costs the same with two nodes and with ten thousand. */
interface Balancer {
  readonly strategy: Strategy;
  cached: CachedService;
  generation: number;
  /** The nodes that are not avoided; all of them when all would be. */
  available: readonly Selection[];
}

const ID = "go.micro.client";
export const DEFAULT_CACHE_TTL_MS = 60_000;

/** A {@link Selector} that remembers, balances, and avoids nodes whose connections fail. Close it when done. */
export function createSelector(options: CreateSelectorOptions): Selector {
  const { registry, random = Math.random, clock = systemClock } = options;
  const chosen = options.strategy ?? "leastLoaded";
  const createStrategy = typeof chosen === "function" ? chosen : STRATEGIES[chosen];
  const maxInFlight = options.maxInFlightPerNode ?? Number.POSITIVE_INFINITY;
  const isLimited = maxInFlight !== Number.POSITIVE_INFINITY;
  const listeners = new Set<NodesListener>();
  const cache = createServiceCache(registry, {
    ttlMs: options.cacheTtlMs ?? DEFAULT_CACHE_TTL_MS,
    clock,
    onChange: (change) => {
      for (const listener of listeners) listener(change);
    },
  });
  const states = createNodeStates(clock);
  const balancers = new Map<string, Balancer>();
  // One explanation per answer of the registry: the near matches cost a question of their own.
  const explanations = new WeakMap<CachedService, Promise<MicroError>>();
  let closed = false;

  const where = describeRegistry(registry);

  const explainMissing = async (service: string): Promise<MicroError> => {
    let known: string[] = [];
    try {
      known = (await registry.listServices()).map((record) => record.name);
    } catch {
      // The registry answered the question that matters; suggestions are a courtesy.
    }
    const matches = nearMatches(service, known);
    const hint = matches.length === 0 ? "" : `; did you mean ${matches.join(" or ")}?`;
    return notFound(ID, `service ${service} not found in registry ${where}${hint}`);
  };

  const balancerOf = (service: string, cached: CachedService): Balancer => {
    const generation = states.generation();
    let balancer = balancers.get(service);
    if (balancer === undefined) {
      balancer = { strategy: createStrategy(random), cached, generation: -1, available: [] };
      balancers.set(service, balancer);
    }
    if (balancer.cached !== cached || balancer.generation !== generation) {
      balancer.available = notAvoided(cached.selections, (node) => states.avoidanceOf(node));
      balancer.cached = cached;
      balancer.generation = generation;
    }
    return balancer;
  };

  const pick = (service: string, cached: CachedService, { filter, exclude }: SelectOptions): Selection => {
    const { strategy, available } = balancerOf(service, cached);
    let candidates = available;
    if (filter !== undefined) {
      candidates = available.filter(filter);
      if (candidates.length === 0) candidates = cached.selections.filter(filter);
      if (candidates.length === 0) {
        const nodes =
          cached.selections.length === 1 ? "its node" : `any of its ${cached.selections.length} nodes`;
        throw notFound(
          ID,
          `service ${service} in registry ${where}: the call's filter did not accept ${nodes}`,
        );
      }
    }
    if (exclude !== undefined && exclude.size > 0) {
      const untried = ({ node }: Selection) => !exclude.has(node.id);
      const rest = candidates.filter(untried);
      const avoided =
        rest.length > 0 ? rest : cached.selections.filter(untried).filter(filter ?? (() => true));
      if (avoided.length > 0) candidates = avoided;
    }
    const choose = (from: readonly Selection[]) =>
      from.length === 1 ? from[0]! : strategy(from, states.loadOf);
    let selection = choose(candidates);
    if (isLimited && states.loadOf(selection.node).inFlight >= maxInFlight) {
      const free = candidates.filter(({ node }) => states.loadOf(node).inFlight < maxInFlight);
      if (free.length === 0) throw allBusy(service, candidates.length, maxInFlight);
      selection = choose(free);
    }
    states.started(selection.node);
    return selection;
  };

  const explained = async (service: string, cached: CachedService): Promise<never> => {
    balancers.delete(service);
    let explanation = explanations.get(cached);
    if (explanation === undefined) {
      explanation = explainMissing(service);
      explanations.set(cached, explanation);
    }
    throw await explanation;
  };
  const answer = (service: string, cached: CachedService, selectOptions: SelectOptions) =>
    cached.selections.length > 0
      ? pick(service, cached, selectOptions)
      : unlessAborted(explained(service, cached), selectOptions.signal);

  return {
    registry: where,
    next(service, selectOptions = {}) {
      try {
        if (closed) throw unavailable(ID, "selector is closed");
        const { signal } = selectOptions;
        signal?.throwIfAborted();
        const found = cache.get(service);
        return found instanceof Promise
          ? unlessAborted(found, signal).then((cached) => answer(service, cached, selectOptions))
          : answer(service, found, selectOptions);
      } catch (error) {
        return Promise.reject(error);
      }
    },

    report(node: Node, outcome) {
      states.finished(node, outcome);
    },

    watchNodes(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    async close() {
      closed = true;
      listeners.clear();
      cache.close();
      balancers.clear();
    },
  };
}

/** Unreachable nodes are left out unless all are; of the others the erring ones, unless they are more than half. */
function notAvoided(all: readonly Selection[], avoidanceOf: (node: Node) => Avoidance): readonly Selection[] {
  const reached = all.filter(({ node }) => avoidanceOf(node) !== "unreachable");
  const pool = reached.length > 0 ? reached : all;
  const healthy = pool.filter(({ node }) => avoidanceOf(node) === undefined);
  return healthy.length * 2 >= pool.length && healthy.length > 0 ? healthy : pool;
}

function allBusy(service: string, nodes: number, maxInFlight: number): MicroError {
  const detail = `${nodes === 1 ? "the node" : `all ${nodes} nodes`} of ${service} ${nodes === 1 ? "has" : "have"} ${maxInFlight} calls of this process in flight (maxInFlightPerNode)`;
  return new MicroError({ id: ID, code: 429, detail, retryAfterMs: 100 });
}

/** The shared answer, or the caller's own reason to stop waiting; the work goes on for the others. */
function unlessAborted<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return shared;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
