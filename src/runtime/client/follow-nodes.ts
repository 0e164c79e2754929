import type { Reach } from "./attempts.ts";
import type { Callees } from "./callee.ts";

/** A node that joins is dialled within this time, at random: a hundred clients shall not fall on it at once. */
export const WARM_WITHIN_MS = 300;
/** Connections opened ahead per change; the others wait for their first call. */
const MAX_WARM = 16;

/**
 * Keeps connections in step with the registry: those to nodes that left are closed when their calls are over, those to
 * nodes that joined a service in use are opened ahead. The answer ends that.
 */
export function followNodes(reach: Reach, callees: Callees): () => void {
  const { selector, channels, clock, random, ways } = reach;
  const waiting = new Set<() => void>();
  const stop = selector?.watchNodes?.(({ service, joined, left }) => {
    for (const { address } of left) channels.retire(address, service);
    if (!callees.has(service)) return;
    for (const node of joined.slice(0, MAX_WARM)) {
      const { protocol } = ways.to(node, service);
      if (protocol === "direct") continue;
      const cancel = clock.after(random() * WARM_WITHIN_MS, () => {
        waiting.delete(cancel);
        channels.warm(protocol, node.address, service);
      });
      waiting.add(cancel);
    }
  });
  return () => {
    stop?.();
    for (const cancel of waiting) cancel();
  };
}
