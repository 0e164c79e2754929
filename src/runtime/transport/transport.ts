import type { Duplex } from "node:stream";

/** When dialling gives up, and who is expected at the other end. */
export interface DialOptions {
  /** Default 1000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Name of the service that is called. Over TLS the peer must prove to be it; without one, to be the host of the address. */
  readonly service?: string | undefined;
  /**
   * Anybody with a certificate of our authorities will do: for events, whose subscribers nobody knows by name. Without
   * authorities of our own (`caFile`) the peer must still prove to be its host.
   */
  readonly anyService?: boolean | undefined;
  /** What will be spoken, for ALPN (RFC 7301) over TLS. Default `h2`. */
  readonly wire?: "h2" | "http/1.1" | undefined;
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
  /** Whether `dial` speaks TLS; false: nodes that demand it need not be dialled. Absent: nobody knows. */
  readonly secure?: boolean | undefined;
  dial(address: string, options?: DialOptions): Promise<Duplex>;
  /** `address` is `host:port`, `:0` for any free port on all interfaces. Rejects when the port is taken, naming it. */
  listen(address: string, onConnection: ConnectionHandler): Promise<Listener>;
}
