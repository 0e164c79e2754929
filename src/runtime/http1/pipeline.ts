import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/** Requests of one connection that may wait for the answer before theirs. Browsers and proxies send none ahead. */
const MAX_WAITING = 100;

/**
 * The requests of one connection, one at a time: node:http hands over all that came, and answers made ahead would wait in
 * memory without anybody hearing that their caller left. A connection with too much waiting is cut: reading no further
 * would keep its end from being heard as well.
 */
export class Pipeline {
  readonly #connection: Duplex;
  readonly #serve: (request: IncomingMessage, response: ServerResponse) => void;
  readonly #waiting: [IncomingMessage, ServerResponse][] = [];
  #isBusy = false;

  constructor(connection: Duplex, serve: (request: IncomingMessage, response: ServerResponse) => void) {
    this.#connection = connection;
    this.#serve = serve;
    // The body of a request that waits is more than node:http buffers. Otherwise it is the caller who takes no answers.
    connection.on("pause", () => {
      if (this.#waiting.length > 0 && !connection.writableNeedDrain) connection.destroy();
    });
  }

  /** Serves a request, as soon as those before it are answered. */
  add(request: IncomingMessage, response: ServerResponse): void {
    if (!this.#isBusy) {
      this.#isBusy = true;
      this.#serve(request, response);
      response.once("close", () => this.#next());
    } else if (this.#waiting.length < MAX_WAITING) this.#waiting.push([request, response]);
    else this.#connection.destroy();
  }

  #next(): void {
    this.#isBusy = false;
    const next = this.#waiting.shift();
    // An answer may have been the last of its connection.
    if (next !== undefined && !this.#connection.destroyed && !this.#connection.writableEnded)
      this.add(...next);
  }
}
