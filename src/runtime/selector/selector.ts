import type { Node, Service } from "../registry/index.ts";

/** A node together with the record (version, endpoints) it was found under. */
export interface Selection {
  readonly node: Node;
  readonly service: Service;
}

export type Outcome = "success" | "failure";

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
 * when there is no node. Every `next` is answered by exactly one `report`, also when the caller gave up: the balancer
 * counts calls in flight by it.
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
