import { MicroError } from "../errors/index.ts";
import {
  type ClientSession,
  type EngineStream,
  H2_CANCEL,
  type HeaderBlock,
  type StreamClose,
  type StreamReceiver,
} from "../http2/index.ts";
import type { MessageInit } from "../protobuf/index.ts";
import { marshalRequest, responseUnreadable } from "./call-errors.ts";
import { CLIENT_ID, deadlineExceeded, errorOfAbort, overBeforeStart } from "./cancel-reason.ts";
import type { ChannelCall } from "./channel.ts";
import { closeError } from "./close-error.ts";
import { type Compression, compressionOf, isKnownEncoding } from "./compression.ts";
import { startDeadline } from "./deadline.ts";
import { metadataFromHeaders } from "./metadata-wire.ts";
import { withPushback } from "./pushback.ts";

/** A request that is ready to go. */
export interface BodyMessage {
  readonly headers: HeaderBlock;
  /** Undefined when there is none, as for GET. */
  readonly body: Uint8Array | undefined;
}

/** How a protocol writes and reads unary calls whose messages are the bodies; nothing else is different between them. */
export interface BodyClientForm {
  /** `encoding`: how `body` is compressed. */
  request<I, O>(
    call: ChannelCall<I, O>,
    authority: string,
    body: Uint8Array,
    encoding: Compression | undefined,
  ): BodyMessage;
  /** The error of an answer, undefined when its body is the message. */
  errorOf<I, O>(call: ChannelCall<I, O>, headers: HeaderBlock, body: Uint8Array): MicroError | undefined;
}

/** One unary call whose messages are the bodies of a request and its answer. Rejects with MicroError. */
export function callByBody<I, O>(
  session: ClientSession,
  address: string,
  form: BodyClientForm,
  call: ChannelCall<I, O>,
  request: MessageInit<I>,
): Promise<O> {
  return new Promise((resolve, reject) => {
    const running = new BodyClientCall(call, address, form, resolve, reject);
    running
      .start(session, request)
      .catch((reason: unknown) => running.cancel(MicroError.from(reason, CLIENT_ID)));
  });
}

class BodyClientCall<I, O> implements StreamReceiver {
  readonly #call: ChannelCall<I, O>;
  readonly #address: string;
  readonly #form: BodyClientForm;
  readonly #resolve: (message: O) => void;
  readonly #reject: (error: MicroError) => void;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #stream: EngineStream | undefined;
  #timer: NodeJS.Timeout | undefined;
  #headers: HeaderBlock | undefined;
  #onAbort: (() => void) | undefined;
  #settled = false;

  constructor(
    call: ChannelCall<I, O>,
    address: string,
    form: BodyClientForm,
    resolve: (message: O) => void,
    reject: (error: MicroError) => void,
  ) {
    this.#call = call;
    this.#address = address;
    this.#form = form;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  async start(session: ClientSession, request: MessageInit<I>): Promise<void> {
    const { codec, compression, deadline, method, signal } = this.#call;
    const over = overBeforeStart(this.#call);
    if (over !== undefined) throw over;
    let bytes = marshalRequest(codec, method.input, request);
    const encoding = bytes.length >= (compression?.minBytes ?? 0) ? compression : undefined;
    if (encoding !== undefined) bytes = await encoding.compress(bytes);
    const { headers, body } = this.#form.request(this.#call, this.#address, bytes, encoding);
    this.#stream = session.open(headers, body === undefined, this);
    if (body !== undefined) this.#stream.sendData(body, true);
    this.#timer = startDeadline(deadline, () => {
      this.cancel(deadlineExceeded());
      if (this.#headers === undefined) session.suspect();
    });
    if (signal === undefined) return;
    this.#onAbort = () => this.cancel(errorOfAbort(signal.reason));
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  cancel(error: MicroError): void {
    if (this.#settled) return;
    this.#fail(error);
    this.#stream?.reset(H2_CANCEL);
  }

  onHeaders(headers: HeaderBlock): void {
    this.#headers = headers;
  }

  onData(chunk: Buffer): void {
    if (this.#settled) return;
    this.#size += chunk.length;
    if (this.#size > this.#call.maxMessageBytes) this.cancel(this.#tooLarge());
    else this.#chunks.push(chunk);
  }

  onTrailers(): void {}

  onDrain(): void {}

  onEnd(isWhole: boolean): void {
    if (this.#settled || this.#headers === undefined) return;
    // Half a message may read like a whole one. The close tells what went wrong.
    if (!isWhole && Number(this.#headers["content-length"]) !== this.#size) return;
    try {
      const message = this.#read(this.#headers);
      this.#settle();
      this.#resolve(message);
    } catch (error) {
      this.#fail(MicroError.from(error, CLIENT_ID));
    }
  }

  onClose(close: StreamClose): void {
    if (this.#settled) return;
    this.#fail(closeError(close, this.#address, this.#call.deadline));
  }

  #read(headers: HeaderBlock): O {
    const { codec, method } = this.#call;
    const body = this.#inflated(headers, Buffer.concat(this.#chunks, this.#size));
    this.#notify(headers);
    const error = this.#form.errorOf(this.#call, headers, body);
    if (error !== undefined) throw withPushback(error, headers);
    try {
      return codec.unmarshal(method.output, body);
    } catch (cause) {
      throw responseUnreadable(method.output.typeName, cause);
    }
  }

  #inflated(headers: HeaderBlock, body: Buffer): Buffer {
    const name = headers["content-encoding"];
    const compression = compressionOf(name);
    if (compression !== undefined && body.length > 0) {
      try {
        return compression.inflate(body, this.#call.maxMessageBytes);
      } catch (cause) {
        if (cause instanceof RangeError) throw this.#tooLarge();
        const detail = `the response is not valid ${compression.name}`;
        throw new MicroError({ id: CLIENT_ID, code: 500, detail, cause });
      }
    }
    if (isKnownEncoding(name)) return body;
    const detail = `the response is compressed by ${String(name).slice(0, 40)}, which nobody asked for`;
    throw new MicroError({ id: CLIENT_ID, code: 500, detail });
  }

  #notify(headers: HeaderBlock): void {
    const { onHeader, onTrailer } = this.#call;
    if (onHeader === undefined && onTrailer === undefined) return;
    const header: HeaderBlock = {};
    const trailer: HeaderBlock = {};
    for (const [name, value] of Object.entries(headers)) {
      if (name.startsWith("trailer-")) trailer[name.slice("trailer-".length)] = value;
      else header[name] = value;
    }
    onHeader?.(metadataFromHeaders(header));
    onTrailer?.(metadataFromHeaders(trailer));
  }

  #tooLarge(): MicroError {
    const detail = `the response exceeds the limit of ${this.#call.maxMessageBytes} bytes`;
    return new MicroError({ id: CLIENT_ID, code: 429, detail });
  }

  #fail(error: MicroError): void {
    if (this.#settled) return;
    this.#settle();
    this.#reject(error);
  }

  #settle(): void {
    this.#settled = true;
    this.#chunks.length = 0;
    clearTimeout(this.#timer);
    if (this.#onAbort !== undefined) this.#call.signal?.removeEventListener("abort", this.#onAbort);
  }
}
