import { type Duplex, duplexPair } from "node:stream";
import { parseAddress } from "../registry/index.ts";
import type { ConnectionHandler, Transport } from "./transport.ts";

/**
 * Connections inside this process: whoever shares the transport object can reach each other. Addresses look like those
 * of TCP (port 0 gives a free number), but nothing leaves the process and no port is taken.
 */
export function createMemoryTransport(): Transport {
  const listeners = new Map<number, ConnectionHandler>();
  let lastPort = 0;
  let lastCaller = 0;
  return {
    name: "memory",
    async dial(address, options = {}): Promise<Duplex> {
      options.signal?.throwIfAborted();
      const accept = listeners.get(parseAddress(address).port);
      if (accept === undefined) {
        throw Object.assign(new Error(`nobody listens at ${address}`), { code: "ECONNREFUSED" });
      }
      const [near, far] = duplexPair();
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        one.on("error", () => other.destroy());
        one.on("close", () => other.destroy());
      }
      lastCaller += 1;
      accept(far, `memory:${lastCaller}`);
      return near;
    },
    async listen(address, onConnection) {
      const wanted = parseAddress(address).port;
      if (wanted === 0)
        do lastPort += 1;
        while (listeners.has(lastPort));
      const port = wanted === 0 ? lastPort : wanted;
      if (listeners.has(port)) {
        throw Object.assign(new Error(`${address} is already in use`), { code: "EADDRINUSE" });
      }
      listeners.set(port, onConnection);
      return {
        address: `memory:${port}`,
        async close() {
          listeners.delete(port);
        },
      };
    },
  };
}
