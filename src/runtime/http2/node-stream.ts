import type { ClientHttp2Stream, ServerHttp2Stream } from "node:http2";
import { addAbortSignal } from "node:stream";
import {
  type EngineStream,
  H2_CANCEL,
  H2_NO_ERROR,
  H2_REFUSED_STREAM,
  type HeaderBlock,
  type StreamReceiver,
} from "./engine.ts";
import type { Mark, OutputStream } from "./stalled-streams.ts";

/** What a stream asks of the session it belongs to. */
export interface StreamOwner {
  readonly connectionLost: boolean;
  /** Highest stream id the peer promised to work on, from its GOAWAY. */
  readonly lastStreamId: number;
  /** `premature`: the peer cancelled soon after it began, and before an answer. */
  streamClosed(stream: OutputStream, premature: boolean): void;
}

/** Envoy's measure of a premature reset. */
const PREMATURE_MS = 1000;
// node:http2 copies options and adds what they lack, which is dear for an object that has no room for it.
const WITH_TRAILERS = { endStream: false, waitForTrailers: true };
const ENDED = { endStream: true, waitForTrailers: false };
const END_STREAM = 1;

/**
 * Where a stream of node:http2 finds what we made of it. Its listeners are the same functions for all streams, and this is
 * all that ties it to a call: node:http2 keeps half of all streams until the next full garbage collection (its table of
 * streams leaves a chain of old tables behind), and calls must not be kept with them.
 */
const OURS = Symbol("NodeStream");

interface Tied {
  [OURS]?: NodeStream | undefined;
}

type Http2Stream = (ClientHttp2Stream | ServerHttp2Stream) & Tied;

/** One stream of node:http2 behind the engine's interface, for both sides. */
export class NodeStream implements EngineStream, OutputStream {
  readonly seat = { at: -1 };
  mark: Mark | undefined = undefined;
  readonly #stream: Http2Stream;
  readonly #owner: StreamOwner;
  readonly #isServer: boolean;
  readonly #openedAt: number;
  #receiver: StreamReceiver | undefined;
  #trailers: HeaderBlock | undefined;
  #peerEnded = false;
  #resetByUs = false;
  #closed = false;
  #watchesAbort = false;
  #givenBytes = 0;
  #stalled = false;

  constructor(stream: ClientHttp2Stream | ServerHttp2Stream, owner: StreamOwner, isServer: boolean) {
    this.#stream = stream;
    this.#owner = owner;
    this.#isServer = isServer;
    this.#openedAt = isServer ? performance.now() : 0;
    this.#stream[OURS] = this;
    // What went wrong is told by the close that follows.
    stream.on("error", ignore);
    stream.on("close", NodeStream.#onClose);
    if (isServer) stream.on("wantTrailers", NodeStream.#onWantTrailers);
    else {
      stream.on("response", NodeStream.#onResponse);
      stream.on("trailers", NodeStream.#onTrailers);
    }
  }

  get unsentBytes(): number {
    return this.#closed ? 0 : this.#stream.writableLength;
  }

  get sentBytes(): number {
    return this.#givenBytes - this.#stream.writableLength;
  }

  stalled(): void {
    this.#stalled = true;
    this.reset(H2_CANCEL);
    // What the peer sent and nobody read would keep the stream open.
    this.#stream.resume();
    this.#close();
  }

  /** Whom to tell. Only closing and draining are told before `deliver`. */
  attach(receiver: StreamReceiver): void {
    this.#receiver = receiver;
  }

  /**
   * Starts delivering the body. Not before the headers were told: node:http2 emits them a tick late, and on streams
   * that are no sockets data would overtake them. `ended`: the headers carried END_STREAM.
   */
  deliver(ended: boolean): void {
    const stream = this.#stream;
    if (ended) {
      this.#peerEnded = true;
      stream.resume();
      return;
    }
    stream.on("data", NodeStream.#onData);
    stream.on("end", NodeStream.#onEnd);
  }

  /** Undefined once the stream is over for us: whatever it still says is not heard. */
  static #receiverOf({ [OURS]: ours }: Tied): StreamReceiver | undefined {
    return ours === undefined ? undefined : ours.#receiver;
  }

  static readonly #onResponse = function (this: Tied, headers: HeaderBlock, flags: number): void {
    const receiver = NodeStream.#receiverOf(this);
    if (receiver === undefined) return;
    const ended = (flags & END_STREAM) !== 0;
    receiver.onHeaders(headers, ended);
    this[OURS]?.deliver(ended);
    if (ended) receiver.onEnd(true);
  };

  static readonly #onData = function (this: Tied, chunk: Buffer): void {
    NodeStream.#receiverOf(this)?.onData(chunk);
  };

  static readonly #onTrailers = function (this: Tied, trailers: HeaderBlock): void {
    NodeStream.#receiverOf(this)?.onTrailers(trailers);
  };

  static readonly #onDrain = function (this: Tied): void {
    NodeStream.#receiverOf(this)?.onDrain();
  };

  static readonly #onEnd = function (this: Tied): void {
    const ours = this[OURS];
    if (ours !== undefined) ours.#ended();
  };

  static readonly #onWantTrailers = function (this: Tied): void {
    const ours = this[OURS];
    if (ours !== undefined) ours.#sendWantedTrailers();
  };

  static readonly #onClose = function (this: Tied): void {
    const ours = this[OURS];
    if (ours !== undefined) ours.#close();
  };

  #ended(): void {
    const stream = this.#stream;
    this.#peerEnded = true;
    // node:http2 ends the body of a reset stream too: a cancelled upload must not look complete.
    if (this.#isServer && stream.aborted) this.#close();
    else this.#receiver?.onEnd((stream.rstCode ?? H2_NO_ERROR) === H2_NO_ERROR);
  }

  sendHeaders(headers: HeaderBlock, end: boolean): void {
    const stream = this.#stream as ServerHttp2Stream;
    if (this.#closed || stream.destroyed || stream.headersSent) return;
    stream.respond(headers, end ? ENDED : WITH_TRAILERS);
    if (end) this.#stopPeer();
  }

  sendData(bytes: Uint8Array, end: boolean): boolean {
    const stream = this.#stream;
    // Told to wait, not to go on: who writes without ever waiting would keep the close from being heard.
    if (this.#closed || this.#resetByUs || stream.writableEnded || stream.destroyed) return false;
    this.#givenBytes += bytes.length;
    if (!end) {
      const hasRoom = stream.write(bytes);
      if (!hasRoom) stream.once("drain", NodeStream.#onDrain);
      return hasRoom;
    }
    if (bytes.length > 0) stream.end(bytes);
    else stream.end();
    return true;
  }

  sendTrailers(trailers: HeaderBlock, last?: Uint8Array): void {
    if (this.#closed) return;
    this.#trailers = trailers;
    if (last === undefined) this.#stream.end();
    else {
      this.#givenBytes += last.length;
      this.#stream.end(last);
    }
  }

  reset(code: number): void {
    const stream = this.#stream;
    if (this.#closed || this.#resetByUs || stream.destroyed) return;
    this.#resetByUs = true;
    // `close` would end our half first, and a cancelled upload would look like a complete one to the peer. Only an
    // abort makes node:http2 reset without that.
    if (code === H2_CANCEL && !stream.writableEnded) addAbortSignal(AbortSignal.abort(), stream);
    else stream.close(code);
  }

  /**
   * A paused stream closes only after it was read to its end, but who waits for a cancelled call must hear at once: so
   * from the first pause on, `aborted` counts too. Unary calls never pause and save the listener.
   */
  pause(): void {
    const stream = this.#stream;
    stream.pause();
    if (this.#watchesAbort) return;
    this.#watchesAbort = true;
    if (stream.aborted) this.#aborted();
    else stream.on("aborted", () => this.#aborted());
  }

  resume(): void {
    this.#stream.resume();
  }

  #aborted(): void {
    // NO_ERROR from a server means: answer complete, stop sending (RFC 9113 section 8.1); the answer may still be unread.
    if (this.#isServer) this.#close();
    else if (this.#stream.rstCode !== H2_NO_ERROR) process.nextTick(() => this.#close());
  }

  #sendWantedTrailers(): void {
    const stream = this.#stream as ServerHttp2Stream;
    if (stream.destroyed || stream.closed) return;
    stream.sendTrailers(this.#trailers ?? {});
    this.#stopPeer();
  }

  /** The answer is complete: a peer that still sends is told to stop, or the stream would stay half open. */
  #stopPeer(): void {
    if (this.#peerEnded) return;
    // Its end may have arrived and not been read yet.
    setImmediate(() => {
      if (!this.#peerEnded) this.reset(H2_NO_ERROR);
    });
  }

  /** Given up by the peer before it could have got anything for it. */
  #isPremature(): boolean {
    const { headersSent } = this.#stream as ServerHttp2Stream;
    return !this.#resetByUs && !headersSent && performance.now() - this.#openedAt < PREMATURE_MS;
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const stream = this.#stream;
    const code = stream.rstCode ?? H2_NO_ERROR;
    const owner = this.#owner;
    const id = stream.id;
    const refused = code === H2_REFUSED_STREAM || id === undefined || id > owner.lastStreamId;
    owner.streamClosed(this, this.#isServer && code !== H2_NO_ERROR && this.#isPremature());
    stream[OURS] = undefined;
    const receiver = this.#receiver;
    this.#receiver = undefined;
    receiver?.onClose({
      code,
      connectionLost: owner.connectionLost,
      unsent: refused && !this.#resetByUs,
      stalled: this.#stalled,
    });
  }
}

function ignore(): void {}
