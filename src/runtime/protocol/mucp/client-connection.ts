import type { Duplex } from "node:stream";
import { MicroError } from "../../errors/index.ts";
import { CLIENT_ID } from "../cancel-reason.ts";
import { markLost } from "../channel.ts";
import { HttpError } from "./http-head.ts";
import { type HttpMessage, HttpReader } from "./http-reader.ts";

/** Who uses a connection at the moment. */
export interface ConnectionUser {
  onFrame(frame: HttpMessage): void;
  /** The connection is lost or what came makes no sense. Nothing follows. */
  onLost(error: MicroError): void;
  /** The peer takes more again. */
  onDrain(): void;
}

/** A Go server repeats the whole header of a connection's first request in each answer. */
const MAX_HEAD_BYTES = 256 * 1024;

/** A connection to one node. One call at a time uses it; whatever comes while nobody does ends it. */
export class MucpClientConnection {
  readonly openedAt = performance.now();
  #closed = false;
  readonly #connection: Duplex;
  readonly #address: string;
  readonly #maxMessageBytes: number;
  readonly #reader: HttpReader;
  #user: ConnectionUser | undefined;
  #onClosed: (() => void) | undefined;

  constructor(connection: Duplex, address: string, maxMessageBytes: number) {
    this.#connection = connection;
    this.#address = address;
    this.#maxMessageBytes = maxMessageBytes;
    this.#reader = new HttpReader({
      kind: "response",
      maxBodyBytes: maxMessageBytes,
      maxHeadBytes: MAX_HEAD_BYTES,
    });
    connection.on("data", (chunk: Buffer) => this.#onData(chunk));
    connection.on("drain", () => this.#user?.onDrain());
    connection.on("end", () => this.#onEnd());
    connection.on("error", (cause: Error) => this.#lose(this.#lostError(cause.message, cause)));
    connection.on("close", () => this.#lose(this.#lostError("the peer closed it")));
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Called once, when the connection is closed by whomever. */
  set onClosed(listener: () => void) {
    this.#onClosed = listener;
  }

  use(user: ConnectionUser): void {
    this.#user = user;
    this.#connection.resume();
  }

  /** Nobody uses it any more. */
  release(): void {
    this.#user = undefined;
    // Bytes of an answer that nobody waited for would be taken for the next one.
    if (!this.#reader.isIdle) this.close();
  }

  /** False: wait for `onDrain` before sending more. */
  send(frame: Buffer): boolean {
    return this.#connection.write(frame);
  }

  pause(): void {
    this.#connection.pause();
  }

  resume(): void {
    if (!this.#closed) this.#readOn();
  }

  /** Sends what is still to be sent, then closes. */
  end(lastFrame: Buffer): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#user = undefined;
    this.#connection.end(lastFrame, () => this.#connection.destroy());
    this.#onClosed?.();
    // A peer that does not take the rest does not keep it.
    setTimeout(() => this.#connection.destroy(), 1000).unref();
  }

  close(): void {
    this.#user = undefined;
    this.#connection.destroy();
    this.#markClosed();
  }

  #onData(chunk: Buffer): void {
    if (this.#closed) return;
    if (this.#user === undefined) {
      this.close();
      return;
    }
    try {
      this.#reader.push(chunk);
      this.#readOn();
    } catch (cause) {
      this.#fail(cause as Error);
    }
  }

  /** Hands over frames for as long as their user wants them. */
  #readOn(): void {
    try {
      this.#connection.resume();
      while (this.#user !== undefined && !this.#connection.isPaused()) {
        const frame = this.#reader.next();
        if (frame === undefined) return;
        this.#user.onFrame(frame);
      }
    } catch (cause) {
      this.#fail(cause as Error);
    }
  }

  #onEnd(): void {
    try {
      const frame = this.#reader.end();
      if (frame !== undefined) this.#user?.onFrame(frame);
    } catch {
      // The close that follows is reported.
    }
    // Nobody shall take it in the turns until then.
    if (this.#user === undefined) this.#markClosed();
    this.#connection.destroy();
  }

  #fail(cause: Error): void {
    const isTooLarge = cause instanceof HttpError && cause.status === 413;
    const detail = isTooLarge
      ? `the response exceeds the limit of ${this.#maxMessageBytes} bytes`
      : `${this.#address} sent no go-micro answer: ${cause.message}`;
    this.#lose(new MicroError({ id: CLIENT_ID, code: isTooLarge ? 429 : 500, detail, cause }));
    this.#connection.destroy();
  }

  #lose(error: MicroError): void {
    const user = this.#user;
    this.#user = undefined;
    this.#markClosed();
    user?.onLost(error);
  }

  #markClosed(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClosed?.();
  }

  #lostError(reason: string, cause?: Error): MicroError {
    const detail = `connection to ${this.#address} lost: ${reason}`;
    return markLost(new MicroError({ id: CLIENT_ID, code: 503, detail, cause }));
  }
}
