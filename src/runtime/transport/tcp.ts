import type { Transport } from "./transport.ts";

export interface TcpTransportOptions {
  /** Open connections one listener holds at most; more are closed at once. Default 10000. */
  readonly maxConnections?: number | undefined;
}

/** Plain TCP. */
export function createTcpTransport(_options: TcpTransportOptions = {}): Transport {
  throw new Error("not yet");
}
