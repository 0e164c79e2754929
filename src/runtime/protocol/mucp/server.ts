import type { Duplex } from "node:stream";
import { provenNames } from "../../transport/index.ts";
import type { Dispatcher } from "../dispatcher.ts";
import type { ServerProtocol } from "../server-protocol.ts";
import { type ConnectionLimits, MucpServerConnection } from "./server-connection.ts";

/** Nobody who calls this node now and then has not heard of its leaving, when so long nobody has called. */
const QUIET_MS = 250;

/** Times in milliseconds. */
export interface MucpServerOptions {
  /** For the header fields of a frame. Default 10000. */
  readonly headTimeoutMs?: number | undefined;
  /** For a whole frame. Default 60000. */
  readonly requestArrivalTimeoutMs?: number | undefined;
  /** How long a connection without calls is kept. Default 120000: longer than go-micro's clients use one again (60 s). */
  readonly idleTimeoutMs?: number | undefined;
  /** How long answers may wait without the caller taking any of them; 0 is for ever. Default 60000. */
  readonly stallTimeoutMs?: number | undefined;
}

/**
 * go-micro's own RPC over its `http` transport: HTTP/1.1 messages as frames on a connection, unary calls and streams
 * (`server/rpc_server.go`, `transport/http_transport.go`).
 */
export function createMucpServer(dispatcher: Dispatcher, options: MucpServerOptions = {}): ServerProtocol {
  const arrivalTimeoutMs = options.requestArrivalTimeoutMs ?? 60_000;
  const limits: ConnectionLimits = {
    arrivalTimeoutMs,
    headTimeoutMs: Math.min(options.headTimeoutMs ?? 10_000, arrivalTimeoutMs),
    idleTimeoutMs: options.idleTimeoutMs ?? 120_000,
    stallTimeoutMs: options.stallTimeoutMs ?? 60_000,
  };
  const connections = new Map<Duplex, MucpServerConnection>();
  let draining = false;
  let onEmpty: (() => void) | undefined;
  return {
    name: "mucp",
    accept(connection, remoteAddress) {
      connection.once("close", () => {
        connections.delete(connection);
        if (connections.size === 0) onEmpty?.();
      });
      const peer = { address: remoteAddress, protocol: "mucp", names: provenNames(connection) };
      const serving = new MucpServerConnection(connection, peer, dispatcher, limits);
      connections.set(connection, serving);
      if (draining) serving.drain();
    },
    quiet() {
      if (connections.size === 0) return Promise.resolve();
      const framesNow = () => [...connections.values()].reduce((sum, { frames }) => sum + frames, 0);
      return new Promise((resolve) => {
        let seen = framesNow();
        const timer = setInterval(() => {
          const now = framesNow();
          if (now !== seen && connections.size > 0) seen = now;
          else {
            clearInterval(timer);
            resolve();
          }
        }, QUIET_MS).unref();
      });
    },
    drain() {
      draining = true;
      for (const serving of connections.values()) serving.drain();
      if (connections.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        onEmpty = resolve;
      });
    },
    destroy() {
      for (const connection of connections.keys()) connection.destroy();
    },
  };
}
