/** Chance that can be had again: the same seed gives the same numbers. */
export interface Random {
  /** A number in [0, 1). */
  (): number;
  /** Chance of its own for one part, so that parts do not disturb each other's. */
  fork(): Random;
  /** A whole number from `min` to `max`. */
  between(min: number, max: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** One of a list that has at least one. */
  pick<T>(from: readonly T[]): T;
}

/** Numbers from a seed of 32 bits (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return Object.assign(next, {
    fork: () => createRandom(Math.floor(next() * 2 ** 32)),
    between: (min: number, max: number) => min + Math.floor(next() * (max - min + 1)),
    chance: (probability: number) => next() < probability,
    pick: <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T,
  });
}
