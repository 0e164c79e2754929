import type { Duplex } from "node:stream";

/** One header block; names in lower case, pseudo headers included. */
export type HeaderBlock = Record<string, string | string[] | undefined>;

/** HTTP/2 error codes that callers of the engine name (RFC 9113 section 7). */
export const H2_NO_ERROR = 0;
export const H2_PROTOCOL_ERROR = 1;
export const H2_REFUSED_STREAM = 7;
export const H2_CANCEL = 8;
export const H2_ENHANCE_YOUR_CALM = 11;
export const H2_INADEQUATE_SECURITY = 12;

/**
 * What a protocol is told about one stream. `onClose` comes exactly once and last; nothing else is certain to come.
 */
export interface StreamReceiver {
  /** Client: the response's headers. Not called on the server, which got them with the stream. */
  onHeaders(headers: HeaderBlock, ended: boolean): void;
  /** The bytes are the receiver's; they may be kept. */
  onData(chunk: Buffer): void;
  onTrailers(trailers: HeaderBlock): void;
  /**
   * The peer sends nothing more on this stream. `isWhole` is false when it reset the stream: it may have had more to say,
   * and only what came says whether it had. The close follows with its reason.
   */
  onEnd(isWhole: boolean): void;
  /** After `sendData` returned false: there is room again. */
  onDrain(): void;
  onClose(close: StreamClose): void;
}

/** Why a stream is over. */
export interface StreamClose {
  /** HTTP/2 error code of the reset, 0 for an orderly end. */
  readonly code: number;
  /** The connection went away under the stream. */
  readonly connectionLost: boolean;
  /** The peer has certainly not worked on it: refused, or behind the last stream of a GOAWAY. */
  readonly unsent: boolean;
  /** We gave it up: the peer took nothing of our output for too long. */
  readonly stalled?: boolean;
  /** What the connection said, if it said anything. */
  readonly cause?: unknown;
}

/** What the receiver of a stream is told that could not be opened. */
export const NEVER_OPENED: StreamClose = { code: 0, connectionLost: true, unsent: true };

/** Our half of one stream. Calls after the stream closed do nothing. */
export interface EngineStream {
  sendHeaders(headers: HeaderBlock, end: boolean): void;
  /** False: wait for `onDrain` or `onClose` before sending more. The bytes belong to the engine from here on. */
  sendData(bytes: Uint8Array, end: boolean): boolean;
  /** Server: ends our half with `last`, if given, and the trailers. Headers must have been sent. */
  sendTrailers(trailers: HeaderBlock, last?: Uint8Array): void;
  /** Gives the stream up in both directions. */
  reset(code: number): void;
  /** Stops reading: the peer may send what the window holds, no more. */
  pause(): void;
  resume(): void;
}

/** Our half of a stream that could not be opened. */
export const NO_STREAM: EngineStream = {
  sendHeaders() {},
  sendData: () => true,
  sendTrailers() {},
  reset() {},
  pause() {},
  resume() {},
};

export interface EngineLimits {
  /** Streams a peer may have open at once. Default 1000. */
  readonly maxConcurrentStreams?: number | undefined;
  /** Bytes of a header block, after decompression. Default 16384. */
  readonly maxHeaderBytes?: number | undefined;
  /** A peer that has not sent preface and SETTINGS within this time is cut off. Default 5000. */
  readonly settingsTimeoutMs?: number | undefined;
  /** A connection without streams is closed after this time. Default 300000. */
  readonly idleTimeoutMs?: number | undefined;
  /**
   * Server: a peer that opens no stream is asked for a sign of life (PING) after a tenth of this time, and then once in
   * this time. It is cut off when none came within as long again; within a fifth of that, when it has no stream open.
   * Ends handlers whose caller's machine vanished, and connections that stopped in the middle of a frame. Default 30000.
   */
  readonly livenessIntervalMs?: number | undefined;
  /**
   * Streams a peer may give up within a second, each before a second old and before an answer, while they are most of
   * what it opens; more and the connection is cut off (rapid reset, CVE-2023-44487). Default 400.
   */
  readonly maxResetsPerSecond?: number | undefined;
  /**
   * A stream whose output makes no progress for this long (so many times, for each MiB that waits) is reset, whatever
   * the connection does. 0 is for ever. Default 60000.
   */
  readonly stallTimeoutMs?: number | undefined;
}

/** Server side of one connection. */
export interface ServerSession {
  /** GOAWAY: streams already open finish, the connection closes after the last. */
  drain(): void;
  /** Cuts the connection. */
  destroy(): void;
}

/** Client side of one connection. */
export interface ClientSession {
  /** True once no new stream may be opened: GOAWAY seen, connection lost, or closed by us. */
  readonly closed: boolean;
  /** Opens a stream; the scheme is the connection's. On a closed session the receiver is told `onClose` with `unsent`. */
  open(headers: HeaderBlock, end: boolean, receiver: StreamReceiver): EngineStream;
  /**
   * A call got no answer in time: asks the peer for a sign of life (PING) and cuts the connection when none comes within
   * two seconds. At most once in five minutes: gRPC servers punish clients that ping more often.
   */
  suspect(): void;
  /** Lets open streams finish, then closes the connection. */
  drain(): void;
  /** Cuts the connection. */
  destroy(): void;
}

export interface ServerSessionHandler {
  /** A new stream with its request headers. */
  onStream(stream: EngineStream, headers: HeaderBlock, ended: boolean): StreamReceiver;
  /** The connection is gone; all streams have been told. */
  onClose(): void;
}

/**
 * HTTP/2 over any byte stream. Protocols know this interface alone, so that an engine can be replaced by a faster one
 * and the two can test each other. No input of a peer makes an engine throw or emit an unheard error.
 */
export interface Http2Engine {
  readonly name: string;
  accept(connection: Duplex, handler: ServerSessionHandler, limits?: EngineLimits): ServerSession;
  /**
   * Resolves when the peer has sent its SETTINGS, so that a failure before is certain to have reached no handler;
   * rejects when it does not within the settings timeout.
   */
  connect(connection: Duplex, authority: string, limits?: EngineLimits): Promise<ClientSession>;
}
