import { type ClientHttp2Session, connect } from "node:http2";
import type { Duplex } from "node:stream";
import type { TLSSocket } from "node:tls";
import {
  type ClientSession,
  type EngineLimits,
  type EngineStream,
  type HeaderBlock,
  NEVER_OPENED,
  NO_STREAM,
  type StreamReceiver,
} from "./engine.ts";
import {
  CONNECTION_WINDOW_BYTES,
  SESSION_MEMORY_MB,
  STALL_TIMEOUT_MS,
  STREAM_WINDOW_BYTES,
} from "./node-server-session.ts";
import { NodeStream, type StreamOwner } from "./node-stream.ts";
import { requestUnbound } from "./request-unbound.ts";
import { type OutputStream, StalledStreams } from "./stalled-streams.ts";

/** Client side of one connection on node:http2. */
export class NodeClientSession implements ClientSession, StreamOwner {
  lastStreamId = Number.POSITIVE_INFINITY;
  readonly #session: ClientHttp2Session;
  readonly #connection: Duplex;
  readonly #stalled: StalledStreams;
  readonly #scheme: string;
  #openStreams = 0;
  #nextPing = 0;

  private constructor(session: ClientHttp2Session, connection: Duplex, limits: EngineLimits) {
    this.#session = session;
    this.#connection = connection;
    this.#scheme = (connection as Partial<TLSSocket>).encrypted === true ? "https" : "http";
    session.on("goaway", (_code, lastStreamId) => {
      this.lastStreamId = lastStreamId;
    });
    this.#stalled = new StalledStreams(limits.stallTimeoutMs ?? STALL_TIMEOUT_MS);
    session.on("close", () => {
      this.#stalled.close();
      connection.destroy();
    });
  }

  static connect(connection: Duplex, authority: string, limits: EngineLimits): Promise<NodeClientSession> {
    return new Promise((resolve, reject) => {
      const session = connect(`http://${authority}`, {
        createConnection: () => connection,
        settings: {
          enablePush: false,
          initialWindowSize: STREAM_WINDOW_BYTES,
          maxHeaderListSize: limits.maxHeaderBytes ?? 16_384,
        },
        maxSessionMemory: SESSION_MEMORY_MB,
        // Until its SETTINGS arrive the peer takes any number; we open none before that.
        peerMaxConcurrentStreams: limits.maxConcurrentStreams ?? 1000,
      });
      const wrapped = new NodeClientSession(session, connection, limits);
      const timeoutMs = limits.settingsTimeoutMs ?? 5000;
      const timer = setTimeout(() => fail(new Error(`no HTTP/2 SETTINGS within ${timeoutMs} ms`)), timeoutMs);
      const fail = (reason: Error) => {
        clearTimeout(timer);
        wrapped.destroy();
        reject(reason);
      };
      // Both stay for good: an error nobody listens to would end the process.
      session.on("error", fail);
      connection.on("error", fail);
      session.once("close", () => fail(new Error("connection closed before HTTP/2 SETTINGS")));
      session.once("remoteSettings", () => {
        clearTimeout(timer);
        if (session.destroyed) return;
        session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
        session.unref();
        resolve(wrapped);
      });
    });
  }

  get closed(): boolean {
    return this.#session.closed || this.#session.destroyed || this.lastStreamId !== Number.POSITIVE_INFINITY;
  }

  get connectionLost(): boolean {
    return this.#session.destroyed || this.#connection.destroyed;
  }

  open(headers: HeaderBlock, end: boolean, receiver: StreamReceiver): EngineStream {
    if (this.closed) {
      queueMicrotask(() => receiver.onClose(NEVER_OPENED));
      return NO_STREAM;
    }
    headers[":scheme"] = this.#scheme;
    const stream = requestUnbound(this.#session, headers, end ? ENDED : OPEN);
    const wrapped = new NodeStream(stream, this, false);
    this.#stalled.add(wrapped);
    wrapped.attach(receiver);
    // An idle connection does not keep the process alive, a running call does.
    if (this.#openStreams === 0) this.#session.ref();
    this.#openStreams += 1;
    return wrapped;
  }

  streamClosed(stream: OutputStream): void {
    this.#openStreams -= 1;
    this.#stalled.delete(stream);
    if (this.#openStreams === 0 && !this.#session.destroyed) this.#session.unref();
  }

  suspect(): void {
    const session = this.#session;
    const now = performance.now();
    if (now < this.#nextPing || session.destroyed || session.closed) return;
    this.#nextPing = now + PING_INTERVAL_MS;
    const timer = setTimeout(() => this.destroy(), PING_TIMEOUT_MS).unref();
    session.ping(() => clearTimeout(timer));
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
}

/** Node 22 and later warn the whole process of priorities (DEP0194), which RFC 9113 took out of HTTP/2. */
const PRIORITY =
  Number.parseInt(process.versions.node, 10) < 22 ? { weight: 16, parent: 0, exclusive: false } : {};
/** Complete, because node:http2 copies options and adds what they lack, which is dear for an object without room for it. */
const OPEN = { endStream: false, ...PRIORITY, silent: false };
const ENDED = { ...OPEN, endStream: true };
/** What grpc-go and grpc-core servers allow without complaint. */
const PING_INTERVAL_MS = 300_000;
const PING_TIMEOUT_MS = 2000;
