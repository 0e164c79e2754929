import type { Codec } from "../codec/index.ts";
import type { MicroError } from "../errors/index.ts";
import type { EngineStream, HeaderBlock } from "../http2/index.ts";
import type { Metadata } from "../metadata/index.ts";
import type { Compression } from "./compression.ts";

/** What the headers of a request say, read by its protocol. */
export interface StreamedRequest {
  readonly path: string;
  readonly contentType: string;
  readonly codec: Codec;
  readonly headers: HeaderBlock;
  /** How long the one request of a unary or server-streaming call may take to arrive. */
  readonly arrivalTimeoutMs: number;
  /** How the caller waits; undefined: for ever. */
  readonly timeoutMs: number | undefined;
  /** How the messages of the request may be compressed. */
  readonly compression: Compression | undefined;
  /** How those of the answer are. */
  readonly replyCompression: Compression | undefined;
  /** The caller may never say that its one request was all: the handler of a server stream starts with it. */
  readonly mayStayOpen: boolean;
  /** Why the call is refused. */
  readonly problem: MicroError | undefined;
}

/** The end of an answer. */
export interface StreamedEnd {
  /** Undefined when all went well. */
  readonly error: MicroError | undefined;
  readonly headersSent: boolean;
  readonly header: Metadata | undefined;
  readonly trailer: Metadata | undefined;
  /** The framed answer of a unary call, to go out in one piece with the end. */
  readonly last: Uint8Array | undefined;
}

/** How a protocol writes the answer of a call whose messages are framed; nothing else is different between them. */
export interface StreamedForm {
  /** The headers of an answer that goes on. Called at most once. */
  sendHead(stream: EngineStream, request: StreamedRequest, header: Metadata | undefined): void;
  /** Called once and last. Without `headersSent` the headers go out with it. */
  sendEnd(stream: EngineStream, request: StreamedRequest, end: StreamedEnd): void;
}
