import type { MucpClientConnection } from "./client-connection.ts";

export interface PoolOptions {
  /** Idle connections kept. */
  readonly size: number;
  /** How long an idle connection is kept, in milliseconds. */
  readonly ttlMs: number;
}

/** Shorter pauses happen between two calls that follow each other: nothing is waited for then. */
const FRESH_MS = 10;

interface Idle {
  readonly connection: MucpClientConnection;
  readonly since: number;
}

/** Connections to one node that nobody uses at the moment; the one used last comes first. */
export class ConnectionPool {
  readonly #options: PoolOptions;
  #idle: Idle[] = [];
  #sweeper: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /**
   * mucp has no goodbye: a node that stops just closes. After a pause the event loop gets to look first, since a request
   * on a connection that was closed meanwhile is lost, and nobody knows whether it was read.
   */
  async take(): Promise<MucpClientConnection | undefined> {
    this.#sweep();
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      const { connection, since } = idle;
      if (performance.now() - since < FRESH_MS) return connection;
      // The first may come before anything is looked at, the second cannot.
      for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
      if (!connection.closed) return connection;
    }
    return undefined;
  }

  /** Keeps a connection for the next call, or closes it when there are enough. */
  give(connection: MucpClientConnection): void {
    connection.release();
    if (connection.closed) return;
    if (this.#closed || this.#idle.length >= this.#options.size) {
      connection.close();
      return;
    }
    connection.onClosed = () => {
      this.#idle = this.#idle.filter((idle) => idle.connection !== connection);
    };
    this.#idle.push({ connection, since: performance.now() });
    this.#sweeper ??= setInterval(() => this.#sweep(), Math.max(100, this.#options.ttlMs / 4)).unref();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#sweeper);
    for (const { connection } of this.#idle.splice(0)) connection.close();
  }

  #sweep(): void {
    const oldest = performance.now() - this.#options.ttlMs;
    while (this.#idle[0] !== undefined && this.#idle[0].since <= oldest)
      this.#idle.shift()?.connection.close();
    if (this.#idle.length > 0) return;
    clearInterval(this.#sweeper);
    this.#sweeper = undefined;
  }
}
