export { type CreateSelectorOptions, createSelector } from "./create-selector.ts";
export { nearMatches } from "./near-matches.ts";
export type { NodeLoad, Outcome, Selection, SelectOptions, Selector, Strategy } from "./selector.ts";
export {
  createLeastLoaded,
  createRandom,
  createRoundRobin,
  STRATEGIES,
  type StrategyFactory,
  type StrategyName,
} from "./strategies.ts";
