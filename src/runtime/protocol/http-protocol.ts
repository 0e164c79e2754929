import type { Peer } from "../context/index.ts";
import type { EngineStream, HeaderBlock, StreamReceiver } from "../http2/index.ts";

/** A request as it begins, whichever version of HTTP brought it. */
export interface HttpRequest {
  /** Names in lower case; `:method` and `:path` as in HTTP/2. */
  readonly headers: HeaderBlock;
  readonly method: string;
  /** Without the leading slash and the query: `greeter.Greeter/Hello`. */
  readonly path: string;
  /** What follows `?`; empty without one. */
  readonly query: string;
  /** As it was sent; empty without one. */
  readonly contentType: string;
  readonly version: 1 | 2;
  /** No body will come. */
  readonly ended: boolean;
  readonly caller: HttpCaller;
}

/** The other end of a connection. */
export interface HttpCaller {
  /** The same object for all calls of a connection that speaks one protocol. */
  peer(protocol: string): Peer;
}

/** One protocol on top of HTTP. What the stream then brings goes to the receiver it returns. */
export interface HttpProtocol {
  /** What nodes register under `protocols`. */
  readonly name: string;
  /** Undefined: the request is not of this protocol. The next one is asked then. */
  open(request: HttpRequest, stream: EngineStream): StreamReceiver | undefined;
}

/** For requests that are answered already: whatever still comes is dropped. */
export const IGNORE: StreamReceiver = {
  onHeaders() {},
  onData() {},
  onTrailers() {},
  onEnd() {},
  onDrain() {},
  onClose() {},
};

/** Answers with a body and be done. */
export function answer(
  stream: EngineStream,
  httpStatus: number,
  headers: HeaderBlock,
  body: Uint8Array,
): StreamReceiver {
  // 204 has no body by its meaning, and no length either.
  const length = httpStatus === 204 ? {} : { "content-length": String(body.length) };
  stream.sendHeaders({ ":status": String(httpStatus), ...headers, ...length }, body.length === 0);
  if (body.length > 0) stream.sendData(body, true);
  return IGNORE;
}
