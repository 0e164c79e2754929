import type { MicroError } from "../errors/index.ts";
import type { HeaderBlock } from "../http2/index.ts";
import type { Metadata } from "../metadata/index.ts";
import type { ChannelCall } from "./channel.ts";
import type { Compression } from "./compression.ts";

/** What came besides messages: headers, trailers, and what the last frame of the body held. */
export interface ClientEnd {
  readonly headers: HeaderBlock | undefined;
  readonly trailers: HeaderBlock | undefined;
  readonly last: Uint8Array | undefined;
  /** Nothing came between headers and end. */
  readonly isBodiless: boolean;
}

/** How a protocol writes and reads calls whose messages are framed; nothing else is different between them. */
export interface ClientForm {
  /** The flag of the frame that ends an answer, 0 where there is none. */
  readonly endFlag: number;
  requestHeaders<I, O>(call: ChannelCall<I, O>, authority: string): HeaderBlock;
  /** False for what is not of this protocol, such as a page of HTML: its body holds no frames. */
  isAnswer(headers: HeaderBlock): boolean;
  /** How the messages of an answer may be compressed. */
  compressionOf(headers: HeaderBlock): Compression | undefined;
  /** True once it is known how the call went: nothing that still comes matters. */
  isComplete(end: ClientEnd): boolean;
  /** The error that a complete answer stands for, undefined when all went well. */
  errorOf(end: ClientEnd): MicroError | undefined;
  trailerOf(end: ClientEnd): Metadata;
}
