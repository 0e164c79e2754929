import type { Duplex } from "node:stream";

/** What a protocol does with the connections of a listener. */
export interface ServerProtocol {
  readonly name: string;
  /** Takes over a connection; its first bytes were put back. */
  accept(connection: Duplex, remoteAddress: string): void;
  /**
   * For a protocol that knows no goodbye: resolves when nobody calls any more, so that closing costs nobody a call.
   * Asked before `drain`; whoever asks waits no longer than it likes.
   */
  quiet?(): Promise<void>;
  /** Says goodbye on every connection; running calls go on. Resolves when the last connection is gone. */
  drain(): Promise<void>;
  /** Cuts what is left. */
  destroy(): void;
}
