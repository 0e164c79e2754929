import type { Node } from "../registry/index.ts";

/**
 * The protocol to call a node with: our own nodes list what they speak under `protocols`, best first for us being the
 * order of `preferred`; go-micro's nodes name one under `protocol`. A node that says nothing gets the first preferred.
 */
export function protocolOf(node: Node, preferred: readonly string[]): string {
  const offered = (node.metadata.protocols ?? node.metadata.protocol ?? "").split(",").filter(Boolean);
  const first = preferred[0] as string;
  if (offered.length === 0) return first;
  return preferred.find((name) => offered.includes(name)) ?? (offered[0] as string);
}
