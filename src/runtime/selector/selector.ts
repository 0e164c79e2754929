import type { Node, Service } from "../registry/index.ts";

/** A node together with the record (version, endpoints) it was found under. */
export interface Selection {
  readonly node: Node;
  readonly service: Service;
}

/**
 * How an attempt ended, for the balancer. `failure` is evidence against the node itself: no connection could be made, or
 * it broke before an answer came. An answer that is an error is a `success`: the node is there; so is giving up.
 */
export type Outcome = "success" | "failure";

/** Which nodes one attempt may have. */
export interface SelectOptions {
  /** Keeps the candidates it returns true for. */
  readonly filter?: ((candidate: Selection) => boolean) | undefined;
  /** Ids of nodes this call has tried already: avoided while another candidate is left. */
  readonly exclude?: ReadonlySet<string> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Picks the node for one attempt of a call.
 *
 * `next` resolves at once from the cache when it can (60 s, kept fresh by watching the registry; stale answers while
 * the registry is away), and rejects with MicroError 404 naming the service and the registry asked, with near matches,
 * when there is no node. A registry that cannot be asked, and nothing remembered: its own error (503). An aborted
 * signal: its reason.
 *
 * Every selection given is answered by exactly one `report`, also when the caller gave up: the balancer counts calls in
 * flight by it. A node with a `failure` is avoided for 1 s, doubling to 60 s while it fails again, but never when all
 * nodes would be; nodes in `exclude` come back only when no other is left.
 */
export interface Selector {
  next(service: string, options?: SelectOptions): Promise<Selection>;
  report(node: Node, outcome: Outcome): void;
  close(): Promise<void>;
}

/** How one candidate is doing, as far as this process knows. */
export interface NodeLoad {
  readonly inFlight: number;
}

/** Chooses one of at least one candidate. */
export type Strategy = (candidates: readonly Selection[], loadOf: (node: Node) => NodeLoad) => Selection;
