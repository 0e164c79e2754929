import type { Codec } from "../codec/index.ts";
import type { MicroError } from "../errors/index.ts";
import type { HeaderBlock } from "../http2/index.ts";
import type { Compression } from "./compression.ts";

/** What the head of a request says, read by its protocol. */
export interface BodyRequest {
  /** Empty when it is none of a method. */
  readonly path: string;
  readonly headers: HeaderBlock;
  readonly codec: Codec;
  /** What answers are labelled with; a caller gets the name it used. */
  readonly contentType: string;
  /** How long the body may take to arrive. */
  readonly arrivalTimeoutMs: number;
  /** How the caller waits; undefined: for ever. */
  readonly timeoutMs: number | undefined;
  /** How the message is compressed. */
  readonly compression: Compression | undefined;
  /** How that of the answer is, if that is worth it. */
  readonly replyCompression: Compression | undefined;
  /** The message, when it is not the body. */
  readonly message: Uint8Array | undefined;
  /** Why the call is refused. */
  readonly problem: MicroError | undefined;
}

/** What a refusal looks like in a protocol: its status of HTTP and its body. Nothing else is different between them. */
export interface BodyForm {
  /** What methods that stream are to be called with instead. */
  readonly streamHint: string;
  /** `unknownMethod`: there is nothing under this path. */
  failure(error: MicroError, request: BodyRequest, unknownMethod: boolean): BodyFailure;
}

/** An error as an answer of HTTP. */
export interface BodyFailure {
  readonly httpStatus: number;
  /** JSON. */
  readonly body: string;
  readonly headers?: HeaderBlock;
}
