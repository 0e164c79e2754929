import { isDialable, type Node } from "@micro-service/runtime";

/** Whether a call may go to this node. Nodes of the caller's own process (`protocol=direct`) have no socket address. */
export function isCallable(node: Node): boolean {
  return node.metadata.protocol === "direct" || isDialable(node.address);
}

/** {@link isCallable} for who asks about every node with every request: each node is looked at once. */
export function createIsCallable(): (node: Node) => boolean {
  const known = new WeakMap<Node, boolean>();
  return (node) => {
    let answer = known.get(node);
    if (answer === undefined) {
      answer = isCallable(node);
      known.set(node, answer);
    }
    return answer;
  };
}
