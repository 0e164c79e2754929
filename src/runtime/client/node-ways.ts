import type { Node } from "../registry/index.ts";
import { keyOf } from "./channels.ts";

/** How a node is reached for a service. */
export interface Way {
  readonly service: string;
  readonly protocol: string;
  /** Of its channel among {@link Channels}. */
  readonly key: string;
}

/** How nodes are reached. Worked out once per node, because every call asks. */
export class NodeWays {
  readonly #preferred: readonly string[];
  readonly #known = new WeakMap<Node, Way>();

  /** `preferred`: protocols, best first. */
  constructor(preferred: readonly string[]) {
    this.#preferred = preferred;
  }

  /** `protocol`: what the call asks for, whatever the node offers. */
  to(node: Node, service: string, protocol?: string): Way {
    if (protocol !== undefined) return { service, protocol, key: keyOf(protocol, node.address, service) };
    let way = this.#known.get(node);
    if (way === undefined || way.service !== service) {
      const chosen = protocolOf(node, this.#preferred);
      way = { service, protocol: chosen, key: keyOf(chosen, node.address, service) };
      this.#known.set(node, way);
    }
    return way;
  }
}

/**
 * The protocol to call a node with: our own nodes list what they speak under `protocols`, best first for us being the
 * order of `preferred`; go-micro's nodes name one under `protocol`. A node that says nothing gets the first preferred.
 */
function protocolOf(node: Node, preferred: readonly string[]): string {
  const offered = (node.metadata.protocols ?? node.metadata.protocol ?? "").split(",").filter(Boolean);
  const first = preferred[0] as string;
  if (offered.length === 0) return first;
  return preferred.find((name) => offered.includes(name)) ?? (offered[0] as string);
}
