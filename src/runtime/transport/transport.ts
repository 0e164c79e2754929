import type { Duplex } from "node:stream";

/** When dialling gives up. */
export interface DialOptions {
  /** Default 1000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** An accepted connection and the first bytes it sent, by which the protocol is told. */
export type ConnectionHandler = (connection: Duplex, remoteAddress: string) => void;

/** A bound address. */
export interface Listener {
  /** `host:port` really bound. */
  readonly address: string;
  /** Stops accepting; open connections live on. */
  close(): Promise<void>;
}

/** Moves bytes between processes; knows nothing of calls. */
export interface Transport {
  readonly name: string;
  dial(address: string, options?: DialOptions): Promise<Duplex>;
  /** `address` is `host:port`, `:0` for any free port on all interfaces. Rejects when the port is taken, naming it. */
  listen(address: string, onConnection: ConnectionHandler): Promise<Listener>;
}
