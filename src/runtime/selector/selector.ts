import type { Node, Service } from "../registry/index.ts";

/** A node together with the record (version, endpoints) it was found under. */
export interface Selection {
  readonly node: Node;
  readonly service: Service;
}

/**
 * How an attempt ended, for the balancer. `failure` is evidence against the node itself: no connection could be made, or
 * it broke before an answer came. `error`: an answer, or none in time, that speaks of a node in trouble (408, 502, 503,
 * 504), though it may be the trouble of what the node depends on. Everything else is a `success`: the node is there; so
 * is giving up.
 */
export type Outcome = "success" | "error" | "failure";

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
 * `next` answers at once from the cache when it can (60 s, kept fresh by watching the registry; stale answers while
 * the registry is away), and rejects with MicroError 404 naming the service and the registry asked, with near matches,
 * when there is no node; with 429 when every node has as many calls of ours in flight as it may. A registry that cannot
 * be asked, and nothing remembered: its own error (503). An aborted signal: its reason.
 *
 * Every selection given is answered by exactly one `report`, also when the caller gave up: the balancer counts calls in
 * flight by it. A node with a `failure`, or five `error`s in a row, is avoided for 1 s, doubling to 60 s while that goes
 * on. Nodes out of reach are avoided as long as one other is left; nodes that answer with errors only while they are at
 * most half: when more err, the cause is elsewhere and the others would drown. Nodes in `exclude` come back only when no
 * other is left.
 */
export interface Selector {
  /** Where it looks, for messages: `mdns`, `etcd (127.0.0.1:2379)`. Absent: it does not say. */
  readonly registry?: string | undefined;
  next(service: string, options?: SelectOptions): Selection | Promise<Selection>;
  report(node: Node, outcome: Outcome): void;
  /** Told of every change of the nodes of services in use, until the answer is called. */
  watchNodes?(listener: NodesListener): () => void;
  close(): Promise<void>;
}

/** Nodes of a service that others may call by now, or no longer. */
export type NodesListener = (change: {
  readonly service: string;
  readonly joined: readonly Node[];
  readonly left: readonly Node[];
}) => void;

/** How one candidate is doing, as far as this process knows. */
export interface NodeLoad {
  readonly inFlight: number;
}

/** Chooses one of at least one candidate. */
export type Strategy = (candidates: readonly Selection[], loadOf: (node: Node) => NodeLoad) => Selection;
