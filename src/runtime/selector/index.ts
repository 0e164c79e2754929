export { type CreateSelectorOptions, createSelector } from "./create-selector.ts";
export { nearMatches } from "./near-matches.ts";
export { BASE_EJECTION_MS, ERRORS_BEFORE_EJECTION, MAX_EJECTION_MS } from "./node-states.ts";
export type {
  NodeLoad,
  NodesListener,
  Outcome,
  Selection,
  SelectOptions,
  Selector,
  Strategy,
} from "./selector.ts";
export {
  createLeastLoaded,
  createRandom,
  createRoundRobin,
  STRATEGIES,
  type StrategyFactory,
  type StrategyName,
} from "./strategies.ts";
