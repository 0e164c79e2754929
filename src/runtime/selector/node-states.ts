import type { Clock, Node } from "../registry/index.ts";
import type { NodeLoad, Outcome } from "./selector.ts";

const BASE_EJECTION_MS = 1_000;
const MAX_EJECTION_MS = 60_000;
// Nodes that failed and never came back are remembered up to here.
const MAX_STATES = 20_000;

interface NodeState {
  address: string;
  inFlight: number;
  /** Failures in a row, each after a time of avoidance. */
  failures: number;
  avoidedUntil: number;
}

/**
 * What this process knows of each node: its calls in flight, and whether it is avoided. A node whose connection failed
 * is avoided for 1 s; when it fails again after that, for 2 s, 4 s ... up to 60 s. One success forgets all.
 */
export interface NodeStates {
  started(node: Node): void;
  finished(node: Node, outcome: Outcome): void;
  loadOf(node: Node): NodeLoad;
  isAvoided(node: Node): boolean;
  /** Changes whenever `isAvoided` may answer differently than before. */
  generation(): number;
}

const IDLE: NodeLoad = { inFlight: 0 };

export function createNodeStates(clock: Clock): NodeStates {
  // Only nodes with calls in flight or failures.
  const states = new Map<string, NodeState>();
  const avoided = new Set<NodeState>();
  let generation = 0;
  let nextReturn = Number.POSITIVE_INFINITY;

  const stateOf = (node: Node): NodeState | undefined => {
    const state = states.get(node.id);
    return state?.address === node.address ? state : undefined;
  };
  const refreshNextReturn = () => {
    nextReturn = Number.POSITIVE_INFINITY;
    for (const state of avoided) nextReturn = Math.min(nextReturn, state.avoidedUntil);
  };
  const forgive = (state: NodeState) => {
    if (avoided.delete(state)) {
      generation++;
      refreshNextReturn();
    }
  };

  const forgetIdle = () => {
    for (const [id, state] of states) {
      if (state.inFlight > 0) continue;
      states.delete(id);
      forgive(state);
    }
  };

  return {
    started(node) {
      const state = stateOf(node);
      if (state !== undefined) {
        state.inFlight++;
        return;
      }
      // The same id at another address is a restarted process: the old one's failures say nothing about it.
      const old = states.get(node.id);
      if (old !== undefined) forgive(old);
      if (states.size >= MAX_STATES) forgetIdle();
      states.set(node.id, { address: node.address, inFlight: 1, failures: 0, avoidedUntil: 0 });
    },

    finished(node, outcome) {
      const state = stateOf(node);
      if (state === undefined) return;
      if (state.inFlight > 0) state.inFlight--;
      if (outcome === "success") {
        state.failures = 0;
        forgive(state);
        if (state.inFlight === 0) states.delete(node.id);
      } else if (clock.now() >= state.avoidedUntil) {
        // Calls that were in flight together fail together: that is one piece of evidence, not sixteen.
        state.avoidedUntil = clock.now() + Math.min(BASE_EJECTION_MS * 2 ** state.failures, MAX_EJECTION_MS);
        state.failures++;
        avoided.add(state);
        generation++;
        refreshNextReturn();
      }
    },

    loadOf: (node) => stateOf(node) ?? IDLE,

    isAvoided(node) {
      const state = stateOf(node);
      return state !== undefined && state.avoidedUntil > clock.now();
    },

    generation() {
      const now = clock.now();
      if (now >= nextReturn) {
        for (const state of avoided) if (state.avoidedUntil <= now) avoided.delete(state);
        generation++;
        refreshNextReturn();
      }
      return generation;
    },
  };
}
