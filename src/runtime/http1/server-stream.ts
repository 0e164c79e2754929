import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type EngineStream,
  H2_CANCEL,
  H2_NO_ERROR,
  type HeaderBlock,
  type OutputStream,
  type StalledStreams,
  type StreamReceiver,
} from "../http2/index.ts";
import { ReadAhead } from "./read-ahead.ts";

/**
 * How long the rest of a request is read and dropped after its answer. Closing at once would reset the connection under a
 * caller that still sends, and the answer would be lost with it.
 */
const LINGER_MS = 1000;

/** One request and its answer of node:http, behind the interface of an HTTP/2 stream. */
export class Http1ServerStream implements EngineStream, OutputStream {
  readonly seat = { at: -1 };
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #streams: StalledStreams;
  #receiver: StreamReceiver | undefined;
  /** Undefined: there is no body. */
  #body: ReadAhead | undefined;
  #givenBytes = 0;
  #closed = false;
  #stalled = false;

  constructor(request: IncomingMessage, response: ServerResponse, streams: StalledStreams) {
    this.#request = request;
    this.#response = response;
    this.#streams = streams;
    streams.add(this);
    // What went wrong is told by the close that follows.
    request.on("error", ignore);
    response.on("error", ignore);
    response.on("drain", () => this.#receiver?.onDrain());
    response.on("finish", () => this.#finished());
    response.on("close", () => this.#close());
  }

  get unsentBytes(): number {
    return this.#closed ? 0 : this.#response.writableLength;
  }

  get sentBytes(): number {
    return this.#givenBytes - this.#response.writableLength;
  }

  stalled(): void {
    this.#stalled = true;
    this.#response.destroy();
    this.#close();
  }

  /** Starts delivering the body. `ended`: there is none. */
  deliver(receiver: StreamReceiver, ended: boolean): void {
    this.#receiver = receiver;
    if (ended) {
      this.#request.resume();
      return;
    }
    this.#body = new ReadAhead(
      this.#request,
      (chunk) => receiver.onData(chunk),
      () => this.#closed || receiver.onEnd(true),
    );
  }

  sendHeaders(headers: HeaderBlock, end: boolean): void {
    const response = this.#response;
    if (this.#closed || response.headersSent || response.destroyed) return;
    const { ":status": status, ...fields } = headers;
    for (const name in fields) if (fields[name] === undefined) delete fields[name];
    response.writeHead(Number(status), fields);
    if (end) response.end();
    // With what is written in this turn they leave in one piece; without, they do not wait for it.
    else setImmediate(flush, response);
  }

  sendData(bytes: Uint8Array, end: boolean): boolean {
    const response = this.#response;
    // Told to wait, not to go on: who writes without ever waiting would keep the close from being heard.
    if (this.#closed || response.writableEnded || response.destroyed) return false;
    this.#givenBytes += bytes.length;
    if (!end) return response.write(bytes);
    response.end(bytes);
    return true;
  }

  sendTrailers(trailers: HeaderBlock, last?: Uint8Array): void {
    const response = this.#response;
    if (this.#closed || response.writableEnded || response.destroyed) return;
    response.addTrailers(trailers as Record<string, string>);
    if (last === undefined) response.end();
    else this.sendData(last, true);
  }

  reset(code: number): void {
    // NO_ERROR after the answer means: stop sending, which `#finished` sees to.
    if (code === H2_NO_ERROR && this.#response.writableEnded) return;
    this.#response.destroy();
  }

  pause(): void {
    this.#body?.pause();
  }

  resume(): void {
    this.#body?.resume();
  }

  #finished(): void {
    const request = this.#request;
    if (request.complete) return;
    if (this.#body === undefined) request.resume();
    else this.#body.resume();
    const timer = setTimeout(() => request.destroy(), LINGER_MS).unref();
    request.once("close", () => clearTimeout(timer));
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#streams.delete(this);
    const complete = this.#response.writableFinished;
    this.#receiver?.onClose({
      // HTTP/1.1 has no other way to cancel than to leave.
      code: complete ? H2_NO_ERROR : H2_CANCEL,
      connectionLost: !complete,
      unsent: false,
      stalled: this.#stalled,
    });
  }
}

function flush(response: ServerResponse): void {
  if (!response.destroyed && !response.writableEnded) response.flushHeaders();
}

function ignore(): void {}
