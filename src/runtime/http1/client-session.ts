import { Agent } from "node:http";
import type { Duplex } from "node:stream";
import {
  type ClientSession,
  type EngineStream,
  type HeaderBlock,
  NEVER_OPENED,
  NO_STREAM,
  type StreamReceiver,
} from "../http2/index.ts";
import { Http1ClientStream } from "./client-stream.ts";

export interface Http1ClientOptions {
  /** Makes a connection. Called when a call finds none that is idle. */
  readonly dial: () => Promise<Duplex>;
  /** Idle connections kept. Default 100. */
  readonly poolSize?: number | undefined;
}

type Connected = (error: Error | null, connection?: Duplex) => void;

/** What peers that say nothing can be expected to keep a connection for. */
const IDLE_MS = 60_000;

/** The error of a connection that was never made: whatever would have been sent on it was not. */
class DialError extends Error {}

/**
 * HTTP/1.1 to one peer in the shape of an HTTP/2 connection: one stream at a time per connection, which are made when
 * needed and kept alive. Nothing is dialled before the first stream.
 */
export function connectHttp1(options: Http1ClientOptions): ClientSession {
  // Without a limit of its own the agent ignores how long the peer says that it keeps an idle connection, and sends into
  // one that is just being closed. Connections in use are not limited by it.
  const agent = new Agent({ keepAlive: true, maxFreeSockets: options.poolSize ?? 100, timeout: IDLE_MS });
  Object.assign(agent, {
    createConnection(_: unknown, connected: Connected): undefined {
      options.dial().then(
        (connection) => connected(null, socketLike(connection)),
        (cause: unknown) => connected(new DialError("not connected", { cause })),
      );
    },
  });
  return new Http1ClientSession(agent);
}

/** What node:http's agent does to sockets, for connections that are none: without these it would end the process. */
const SOCKET_METHODS = ["setKeepAlive", "setNoDelay", "setTimeout", "ref", "unref"] as const;

function socketLike(connection: Duplex): Duplex {
  const socket = connection as Duplex & Partial<Record<(typeof SOCKET_METHODS)[number], unknown>>;
  for (const name of SOCKET_METHODS) socket[name] ??= () => connection;
  return connection;
}

class Http1ClientSession implements ClientSession {
  closed = false;
  readonly #agent: Agent;
  #open = 0;

  constructor(agent: Agent) {
    this.#agent = agent;
  }

  open(headers: HeaderBlock, end: boolean, receiver: StreamReceiver): EngineStream {
    if (this.closed) {
      queueMicrotask(() => receiver.onClose(NEVER_OPENED));
      return NO_STREAM;
    }
    this.#open += 1;
    return new Http1ClientStream({
      agent: this.#agent,
      headers,
      end,
      receiver,
      isUnsent: (error) => error instanceof DialError,
      onClosed: () => {
        this.#open -= 1;
        if (this.closed && this.#open === 0) this.#agent.destroy();
      },
    });
  }

  /** Nothing to ask: a connection carries one call, and a call that timed out has closed its own. */
  suspect(): void {}

  drain(): void {
    this.closed = true;
    if (this.#open === 0) this.#agent.destroy();
  }

  destroy(): void {
    this.closed = true;
    this.#agent.destroy();
  }
}
