import type { Clock, Node } from "../registry/index.ts";
import type { NodeLoad, Outcome } from "./selector.ts";

export const BASE_EJECTION_MS = 1_000;
export const MAX_EJECTION_MS = 60_000;
/** Answers in a row that speak of trouble; the figure of Envoy and Finagle. */
export const ERRORS_BEFORE_EJECTION = 5;
// Nodes are remembered up to here.
const MAX_STATES = 20_000;

interface NodeState {
  address: string;
  inFlight: number;
  /** Answers with errors in a row, since the last success or ejection. */
  errors: number;
  /** Times of avoidance in a row. */
  ejections: number;
  avoidedUntil: number;
  /** The node could not be reached, as opposed to: it answers with errors. */
  unreachable: boolean;
}

/** Why a node is avoided: `unreachable` is certain, `erring` may be the fault of what all nodes depend on. */
export type Avoidance = "unreachable" | "erring" | undefined;

/**
 * What this process knows of each node: its calls in flight, and whether it is avoided. A node that could not be reached,
 * or answered five times in a row with an error that speaks of itself, is avoided for 1 s; when that happens again after
 * that, for 2 s, 4 s ... up to 60 s. One success forgets all.
 */
export interface NodeStates {
  started(node: Node): void;
  finished(node: Node, outcome: Outcome): void;
  loadOf(node: Node): NodeLoad;
  avoidanceOf(node: Node): Avoidance;
  /** Changes whenever `avoidanceOf` may answer differently than before. */
  generation(): number;
}

const IDLE: NodeLoad = { inFlight: 0 };

export function createNodeStates(clock: Clock): NodeStates {
  // A state stays when its last call is over: a node that is called is called again, and maps that grow and shrink with every
  // call are garbage.
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
    state.avoidedUntil = 0;
    if (avoided.delete(state)) {
      generation++;
      refreshNextReturn();
    }
  };
  const eject = (state: NodeState, unreachable: boolean) => {
    // Calls that were in flight together fail together: that is one piece of evidence, not sixteen.
    if (clock.now() < state.avoidedUntil) return;
    state.avoidedUntil = clock.now() + Math.min(BASE_EJECTION_MS * 2 ** state.ejections, MAX_EJECTION_MS);
    state.ejections++;
    state.errors = 0;
    state.unreachable = unreachable;
    avoided.add(state);
    generation++;
    refreshNextReturn();
  };

  /** Makes room; nodes that are avoided or erring are forgotten only where that is not enough. */
  const forgetIdle = () => {
    for (const [id, state] of states) {
      if (state.inFlight === 0 && state.errors === 0 && state.ejections === 0) states.delete(id);
    }
    if (states.size < MAX_STATES) return;
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
      states.set(node.id, {
        address: node.address,
        inFlight: 1,
        errors: 0,
        ejections: 0,
        avoidedUntil: 0,
        unreachable: false,
      });
    },

    finished(node, outcome) {
      const state = stateOf(node);
      if (state === undefined) return;
      if (state.inFlight > 0) state.inFlight--;
      if (outcome === "success") {
        state.errors = 0;
        state.ejections = 0;
        forgive(state);
      } else if (outcome === "failure") {
        eject(state, true);
      } else {
        state.errors++;
        if (state.errors >= ERRORS_BEFORE_EJECTION) eject(state, false);
      }
    },

    loadOf: (node) => stateOf(node) ?? IDLE,

    avoidanceOf(node) {
      const state = stateOf(node);
      if (state === undefined || state.avoidedUntil <= clock.now()) return undefined;
      return state.unreachable ? "unreachable" : "erring";
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
