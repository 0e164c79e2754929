import { performServerHandshake, type ServerHttp2Session } from "node:http2";
import type { Duplex } from "node:stream";
import { watchForBreak } from "./broken-session.ts";
import {
  type EngineLimits,
  H2_ENHANCE_YOUR_CALM,
  type HeaderBlock,
  type ServerSession,
  type ServerSessionHandler,
} from "./engine.ts";
import { NodeStream, type StreamOwner } from "./node-stream.ts";
import { type OutputStream, StalledStreams } from "./stalled-streams.ts";

/** What a peer may send on one stream, and on one connection, before we read it. */
export const STREAM_WINDOW_BYTES = 1 << 20;
export const CONNECTION_WINDOW_BYTES = 4 << 20;
/** Megabytes node:http2 may hold for one connection; beyond, it refuses streams. */
export const SESSION_MEMORY_MB = 64;
export const STALL_TIMEOUT_MS = 60_000;

/** Server side of one connection on node:http2. */
export class NodeServerSession implements ServerSession, StreamOwner {
  readonly lastStreamId = Number.POSITIVE_INFINITY;
  readonly #session: ServerHttp2Session;
  readonly #connection: Duplex;
  readonly #maxResets: number;
  readonly #stalled: StalledStreams;
  #openStreams = 0;
  #openedInWindow = 0;
  #resetsInWindow = 0;
  #windowStart = 0;
  #streamsSeen = 0;

  constructor(connection: Duplex, handler: ServerSessionHandler, limits: EngineLimits) {
    this.#connection = connection;
    this.#maxResets = limits.maxResetsPerSecond ?? 400;
    this.#stalled = new StalledStreams(limits.stallTimeoutMs ?? STALL_TIMEOUT_MS);
    const session = performServerHandshake(connection, {
      settings: {
        maxConcurrentStreams: limits.maxConcurrentStreams ?? 1000,
        maxHeaderListSize: limits.maxHeaderBytes ?? 16_384,
        initialWindowSize: STREAM_WINDOW_BYTES,
      },
      maxSessionMemory: SESSION_MEMORY_MB,
    });
    this.#session = session;
    // Without a listener a malformed frame would end the process; the close that follows is all we need.
    session.on("error", () => this.destroy());
    connection.on("error", () => this.destroy());
    session.on("frameError", () => this.destroy());

    const settingsTimer = setTimeout(() => this.destroy(), limits.settingsTimeoutMs ?? 5000);
    session.once("remoteSettings", () => {
      clearTimeout(settingsTimer);
      if (!session.destroyed) session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    });
    const watch = this.#watch(limits);
    const endBreakWatch = watchForBreak(session, connection, () => this.destroy());
    session.once("close", () => {
      clearTimeout(settingsTimer);
      clearInterval(watch);
      endBreakWatch();
      this.#stalled.close();
      connection.destroy();
      handler.onClose();
    });

    session.on("stream", (stream, headers, flags) => {
      this.#openStreams += 1;
      this.#streamsSeen += 1;
      this.#openedInWindow += 1;
      const ended = (flags & END_STREAM) !== 0;
      const wrapped = new NodeStream(stream, this, true);
      this.#stalled.add(wrapped);
      const receiver = handler.onStream(wrapped, headers as HeaderBlock, ended);
      wrapped.attach(receiver);
      wrapped.deliver(ended);
    });
  }

  get connectionLost(): boolean {
    return this.#session.destroyed || this.#connection.destroyed;
  }

  streamClosed(stream: OutputStream, premature: boolean): void {
    this.#openStreams -= 1;
    this.#stalled.delete(stream);
    if (premature && !this.connectionLost) this.#countReset();
  }

  drain(): void {
    if (!this.#session.closed && !this.#session.destroyed) this.#session.close();
  }

  /**
   * By way of the socket: destroying a session of node:http2 20 whose streams hold unsent data can write empty frames
   * for ever, until memory is gone. The session follows when the socket has closed.
   */
  destroy(): void {
    this.#connection.destroy();
  }

  /** Rapid reset: cancelling costs the peer nothing, every start costs us a handler. */
  #countReset(): void {
    const now = performance.now();
    if (now - this.#windowStart > 1000) {
      this.#windowStart = now;
      this.#resetsInWindow = 0;
      this.#openedInWindow = 1;
    }
    this.#resetsInWindow += 1;
    if (this.#resetsInWindow > this.#maxResets && this.#resetsInWindow * 2 > this.#openedInWindow) {
      if (!this.#session.destroyed) this.#session.goaway(H2_ENHANCE_YOUR_CALM);
      this.destroy();
    }
  }

  /**
   * One slow timer per connection instead of one touch per call. It ends connections that are idle, and those whose
   * peer is gone or stuck: who stopped inside a header block cannot answer a PING, which may not come between its
   * parts. A quiet connection is asked early, and then once per interval. While calls are open the peer has all of the
   * interval to answer; without, nothing is lost by ending it soon.
   */
  #watch(limits: EngineLimits): NodeJS.Timeout {
    const intervalMs = limits.livenessIntervalMs ?? 30_000;
    const tickMs = intervalMs / TICKS;
    const idleTicks = Math.ceil((limits.idleTimeoutMs ?? 300_000) / tickMs);
    let quietTicks = 0;
    let emptyTicks = 0;
    let unanswered = 0;
    let seen = 0;
    const timer = setInterval(() => {
      const quiet = this.#streamsSeen === seen;
      seen = this.#streamsSeen;
      quietTicks = quiet ? quietTicks + 1 : 0;
      emptyTicks = quiet && this.#openStreams === 0 ? emptyTicks + 1 : 0;
      if (!quiet) unanswered = 0;
      else if (unanswered > 0) {
        unanswered += 1;
        if (unanswered > (this.#openStreams === 0 ? PATIENCE_TICKS : TICKS)) this.destroy();
      } else if (emptyTicks >= idleTicks) this.drain();
      else if (quietTicks % TICKS === 1 && !this.#session.destroyed) {
        unanswered = 1;
        this.#session.ping((error) => {
          if (error === null) unanswered = 0;
        });
      }
    }, tickMs);
    return timer.unref();
  }
}

/** How often a connection is looked at within the liveness interval. */
const TICKS = 10;
/** How many looks a peer without calls has to answer. */
const PATIENCE_TICKS = 2;
const END_STREAM = 1;
