import { isDialable, type Node } from "@micro-service/runtime";

/** Whether a call may go to this node. Nodes of the caller's own process (`protocol=direct`) have no socket address. */
export function isCallable(node: Node): boolean {
  return node.metadata.protocol === "direct" || isDialable(node.address);
}
