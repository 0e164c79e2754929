/** A stream of questions and answers with a server, one at a time. */
export interface Exchange {
  /** Sends a message and waits for the next one. Rejects with LiveError; the exchange is over then. */
  ask(message: Uint8Array): Promise<Uint8Array>;
  close(): void;
}

/**
 * Opens the bidirectional method of a path, `grpc.reflection.v1.ServerReflection/ServerReflectionInfo`. Whatever it
 * does ends when the signal aborts.
 */
export type OpenExchange = (path: string, signal: AbortSignal) => Exchange;

/** The method is not there: another version of the protocol may be. */
export class UnimplementedError extends Error {}
