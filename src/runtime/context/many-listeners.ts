import { setMaxListeners } from "node:events";

/** Lets any number of calls listen to a signal: Node takes more than ten listeners for a leak, and warns. */
export function forManyCalls(signal: AbortSignal): AbortSignal {
  setMaxListeners(0, signal);
  return signal;
}
