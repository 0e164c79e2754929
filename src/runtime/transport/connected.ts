import type { Socket } from "node:net";
import type { DialOptions } from "./transport.ts";

/**
 * Waits until a socket that is being connected says `event`. On failure, timeout or abort the socket is gone.
 * An error listener stays for the socket's life: an error nobody listens to would end the process.
 */
export function connected<S extends Socket>(
  socket: S,
  event: "connect" | "secureConnect",
  { timeoutMs = 1000, signal }: DialOptions,
): Promise<S> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    const onAbort = () => fail(signal?.reason);
    const settled = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    const fail = (reason: unknown) => {
      settled();
      socket.destroy();
      reject(reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    socket.on("error", fail);
    // An orderly end in the middle of a handshake is an end, not an error.
    socket.once("close", () => fail(new Error("the connection was closed before it was ready")));
    socket.once(event, () => {
      settled();
      resolve(socket);
    });
  });
}
