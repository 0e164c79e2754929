import type { Strategy } from "./selector.ts";

/** Makes a strategy for one service: what it remembers (whose turn it is) must not mix with another service's. */
export type StrategyFactory = (random?: () => number) => Strategy;

/** Any node, all alike. go-micro's default. */
export const createRandom: StrategyFactory = (random = Math.random) => {
  return (candidates) => candidates[Math.floor(random() * candidates.length)]!;
};

/** One after the other, from a random start, so that many clients starting together do not march in step. */
export const createRoundRobin: StrategyFactory = (random = Math.random) => {
  let turn = Math.floor(random() * 2 ** 31);
  return (candidates) => {
    turn = (turn + 1) % Number.MAX_SAFE_INTEGER;
    return candidates[turn % candidates.length]!;
  };
};

/**
 * The power of two choices: of two different nodes picked at random, the one with fewer calls of ours in flight. Nearly
 * as even as asking all, at the price of asking two; a node that hangs gets less and less.
 */
export const createLeastLoaded: StrategyFactory = (random = Math.random) => {
  return (candidates, loadOf) => {
    const count = candidates.length;
    const first = Math.floor(random() * count);
    const a = candidates[first]!;
    if (count === 1) return a;
    const b = candidates[(first + 1 + Math.floor(random() * (count - 1))) % count]!;
    return loadOf(b.node).inFlight < loadOf(a.node).inFlight ? b : a;
  };
};

/** The strategies that can be chosen by name. */
export const STRATEGIES = {
  random: createRandom,
  roundRobin: createRoundRobin,
  leastLoaded: createLeastLoaded,
} as const satisfies Record<string, StrategyFactory>;

/** A name of {@link STRATEGIES}. */
export type StrategyName = keyof typeof STRATEGIES;
