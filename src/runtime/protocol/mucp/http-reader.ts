import { BodyBuffer } from "./body-buffer.ts";
import { type HeaderFields, HttpError, parseHead } from "./http-head.ts";

/** One HTTP/1.1 message, whole. */
export interface HttpMessage {
  readonly start: string;
  readonly fields: HeaderFields;
  readonly body: Buffer;
}

export interface HttpReaderOptions {
  readonly kind: "request" | "response";
  readonly maxBodyBytes: number;
  /** First line, header and trailer fields. Default 16384. */
  readonly maxHeadBytes?: number | undefined;
}

type State = "head" | "body" | "size" | "chunk" | "chunkEnd" | "trailers" | "untilClose";

const REQUEST_LINE = /^[A-Z]{1,20} \S{1,8192} HTTP\/1\.[01]$/;
const STATUS_LINE = /^HTTP\/1\.[01] [1-5]\d\d(?: .*)?$/;
const NOTHING: Buffer = Buffer.alloc(0);

/**
 * Cuts what a connection sends into HTTP/1.1 messages, wherever TCP has cut it. After `push` call `next` until it gives
 * undefined. Both throw HttpError, after which nothing more can be read.
 */
export class HttpReader {
  readonly #options: HttpReaderOptions;
  readonly #maxHeadBytes: number;
  #state: State = "head";
  #rest: Buffer = NOTHING;
  /** Up to here `#rest` has been searched for the end of what is read. */
  #searched = 0;
  #start = "";
  #fields: HeaderFields = {};
  readonly #body = new BodyBuffer();
  /** Bytes of the body or chunk still to come. */
  #missing = 0;
  #trailerBytes = 0;

  constructor(options: HttpReaderOptions) {
    this.#options = options;
    this.#maxHeadBytes = options.maxHeadBytes ?? 16_384;
  }

  /** True between messages. */
  get isIdle(): boolean {
    return this.#state === "head" && this.#rest.length === 0;
  }

  /** True until the header fields of a message are complete. */
  get isInHead(): boolean {
    return this.#state === "head";
  }

  push(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }

  next(): HttpMessage | undefined {
    for (;;) {
      const complete = this.#step();
      if (complete === undefined) return undefined;
      if (complete) return this.#take();
    }
  }

  /** The peer sends no more: a message that has no other end is complete now. Throws HttpError inside any other. */
  end(): HttpMessage | undefined {
    if (this.#state === "untilClose") return this.#take();
    if (!this.isIdle) throw new HttpError(400, "the connection ended inside a message");
    return undefined;
  }

  /** Undefined: more bytes are needed; true: a message is complete. */
  #step(): boolean | undefined {
    switch (this.#state) {
      case "head":
        return this.#readHead();
      case "body":
      case "chunk":
        return this.#readBytes();
      case "size":
        return this.#readChunkSize();
      case "chunkEnd":
        return this.#line(2, () => this.#become("size"));
      case "trailers":
        return this.#readTrailer();
      case "untilClose":
        this.#keep(this.#rest);
        this.#rest = NOTHING;
        return undefined;
    }
  }

  #readHead(): boolean | undefined {
    const end = this.#rest.indexOf("\r\n\r\n", Math.max(0, this.#searched - 3));
    if (end < 0 || end > this.#maxHeadBytes) {
      this.#searched = this.#rest.length;
      if (this.#rest.length <= this.#maxHeadBytes) return undefined;
      throw new HttpError(431, `header fields of more than ${this.#maxHeadBytes} bytes`);
    }
    const { start, fields } = parseHead(this.#rest.subarray(0, end));
    this.#rest = this.#rest.subarray(end + 4);
    const line = this.#options.kind === "request" ? REQUEST_LINE : STATUS_LINE;
    if (!line.test(start)) throw new HttpError(400, `this is no HTTP/1.1 ${this.#options.kind}`);
    this.#start = start;
    this.#fields = fields;
    return this.#beginBody(fields);
  }

  /** How the body ends (RFC 9112 section 6.3). */
  #beginBody(fields: HeaderFields): boolean {
    const { "transfer-encoding": encoding, "content-length": length } = fields;
    if (encoding !== undefined) {
      if (length !== undefined) throw new HttpError(400, "both Content-Length and Transfer-Encoding", fields);
      if (encoding.toLowerCase() !== "chunked") throw new HttpError(400, "unknown Transfer-Encoding", fields);
      return this.#become("size");
    }
    if (length !== undefined) {
      if (!/^\d{1,15}$/.test(length)) throw new HttpError(400, "malformed Content-Length", fields);
      this.#missing = Number(length);
      this.#checkSize(this.#missing);
      if (this.#missing === 0) return true;
      return this.#become("body");
    }
    const isEmpty = this.#options.kind === "request" || / (?:1\d\d|204|304)/.test(this.#start);
    return isEmpty ? true : this.#become("untilClose");
  }

  #readBytes(): boolean | undefined {
    if (this.#rest.length === 0) return undefined;
    const bytes = this.#rest.subarray(0, this.#missing);
    this.#rest = this.#rest.subarray(bytes.length);
    this.#missing -= bytes.length;
    this.#keep(bytes);
    if (this.#missing > 0) return undefined;
    return this.#state === "body" ? true : this.#become("chunkEnd");
  }

  #readChunkSize(): boolean | undefined {
    return this.#line(256, (line) => {
      const size = /^([0-9a-fA-F]{1,8})[ \t]*(?:;.*)?$/.exec(line)?.[1];
      if (size === undefined) throw new HttpError(400, "malformed chunk", this.#fields);
      this.#missing = Number.parseInt(size, 16);
      this.#checkSize(this.#body.size + this.#missing);
      return this.#become(this.#missing === 0 ? "trailers" : "chunk");
    });
  }

  #readTrailer(): boolean | undefined {
    return this.#line(this.#maxHeadBytes, (line) => {
      this.#trailerBytes += line.length + 2;
      if (this.#trailerBytes > this.#maxHeadBytes)
        throw new HttpError(431, "too many trailers", this.#fields);
      return line === "";
    });
  }

  /** Hands the next line to `read`; Undefined: it is not complete. */
  #line(maxBytes: number, read: (line: string) => boolean): boolean | undefined {
    const end = this.#rest.indexOf("\r\n");
    if (end < 0 || end > maxBytes) {
      if (this.#rest.length < maxBytes + 2) return undefined;
      throw new HttpError(400, "malformed chunk", this.#fields);
    }
    if (this.#state === "chunkEnd" && end !== 0) throw new HttpError(400, "malformed chunk", this.#fields);
    const line = this.#rest.toString("latin1", 0, end);
    this.#rest = this.#rest.subarray(end + 2);
    return read(line);
  }

  #become(state: State): false {
    this.#state = state;
    return false;
  }

  #keep(bytes: Buffer): void {
    this.#checkSize(this.#body.size + bytes.length);
    this.#body.add(bytes, this.#body.size === 0 && this.#state === "body" && this.#missing === 0);
  }

  #checkSize(size: number): void {
    const { maxBodyBytes } = this.#options;
    if (size <= maxBodyBytes) return;
    throw new HttpError(413, `the body exceeds the limit of ${maxBodyBytes} bytes`, this.#fields);
  }

  #take(): HttpMessage {
    const message = { start: this.#start, fields: this.#fields, body: this.#body.take() };
    this.#state = "head";
    this.#searched = 0;
    this.#trailerBytes = 0;
    return message;
  }
}
