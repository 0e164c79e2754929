import type { Server } from "node:net";
import { formatAddress, parseAddress } from "../registry/index.ts";
import type { Listener } from "./transport.ts";

/** Binds a server of node:net or node:tls. Rejects when the port is taken, naming it. */
export function bind(server: Server, address: string): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const { host, port } = parseAddress(address);
    server.once("error", (cause: NodeJS.ErrnoException) => {
      reject(cause.code === "EADDRINUSE" ? addressInUse(address, cause) : cause);
    });
    server.listen({ port, ...(host === "" ? {} : { host }) }, () => {
      server.on("error", () => {
        // Out of file descriptors while accepting: the listener lives on and takes the next one.
      });
      const bound = server.address();
      if (bound === null || typeof bound === "string")
        return reject(new Error(`not a TCP address: ${address}`));
      resolve({
        address: formatAddress(bound.address, bound.port),
        close: () => new Promise((closed) => closeListener(server, closed)),
      });
    });
  });
}

/** `close` stops accepting at once; its callback would wait for open connections, which are not ours to end. */
function closeListener(server: Server, closed: () => void): void {
  server.close();
  closed();
}

function addressInUse(address: string, cause: Error): NodeJS.ErrnoException {
  return Object.assign(new Error(`${address} is already in use`, { cause }), { code: "EADDRINUSE" });
}
