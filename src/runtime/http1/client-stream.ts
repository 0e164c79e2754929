import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import {
  type EngineStream,
  H2_CANCEL,
  H2_NO_ERROR,
  H2_PROTOCOL_ERROR,
  type HeaderBlock,
  type StreamReceiver,
} from "../http2/index.ts";

export interface Http1ClientStreamInit {
  readonly agent: Agent;
  /** With pseudo headers, as for HTTP/2. */
  readonly headers: HeaderBlock;
  /** There is no body. */
  readonly end: boolean;
  readonly receiver: StreamReceiver;
  /** True for the error of a connection that was never made. */
  isUnsent(error: unknown): boolean;
  onClosed(): void;
}

/** One request of node:http and what comes back, behind the interface of an HTTP/2 stream. */
export class Http1ClientStream implements EngineStream {
  readonly #init: Http1ClientStreamInit;
  readonly #request: ClientRequest;
  #response: IncomingMessage | undefined;
  #error: (Error & { readonly code?: unknown }) | undefined;
  #resetByUs = false;

  constructor(init: Http1ClientStreamInit) {
    this.#init = init;
    const { ":method": method, ":path": path, ":authority": host, ...fields } = init.headers;
    const request = httpRequest({
      agent: init.agent,
      method: String(method),
      path: String(path),
      headers: { host, ...fields } as Record<string, string>,
    });
    this.#request = request;
    request.on("response", (response) => this.#answered(response));
    request.on("drain", () => init.receiver.onDrain());
    // Stays for good: an error nobody listens to would end the process. The close that follows tells it.
    request.on("error", (error) => {
      this.#error ??= error;
    });
    // The last word: an answer we cannot take (101) ends the connection without an error.
    request.on("close", () => this.#close());
    if (init.end) request.end();
    // With a body that is written in this turn the headers leave in one piece; without, they do not wait for it.
    else setImmediate(flush, request);
  }

  sendHeaders(): void {}

  sendTrailers(): void {}

  sendData(bytes: Uint8Array, end: boolean): boolean {
    const request = this.#request;
    if (request.destroyed || request.writableEnded) return false;
    if (!end) return request.write(bytes);
    if (bytes.length > 0) request.end(bytes);
    else request.end();
    return true;
  }

  reset(): void {
    this.#resetByUs = true;
    this.#request.destroy();
  }

  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  #answered(response: IncomingMessage): void {
    const { receiver } = this.#init;
    this.#response = response;
    response.on("error", (error) => {
      this.#error ??= error;
    });
    const headers = response.headers as HeaderBlock;
    headers[":status"] = String(response.statusCode);
    receiver.onHeaders(headers, false);
    response.on("data", (chunk: Buffer) => receiver.onData(chunk));
    response.on("end", () => {
      if (!response.complete) return;
      if (Object.keys(response.trailers).length > 0) receiver.onTrailers(response.trailers as HeaderBlock);
      receiver.onEnd(true);
    });
  }

  #close(): void {
    const { receiver, isUnsent, onClosed } = this.#init;
    const error = this.#error;
    const complete = this.#response?.complete === true;
    const isNonsense = String(error?.code).startsWith("HPE_");
    onClosed();
    receiver.onClose({
      code: complete ? H2_NO_ERROR : isNonsense ? H2_PROTOCOL_ERROR : H2_CANCEL,
      // An answer that is no HTTP says nothing about the next call; a connection that broke does.
      connectionLost: !complete && !isNonsense && !this.#resetByUs,
      unsent: isUnsent(error),
      cause: isUnsent(error) ? error?.cause : error,
    });
  }
}

function flush(request: ClientRequest): void {
  if (!request.destroyed && !request.writableEnded) request.flushHeaders();
}
