import { MicroError } from "../../errors/index.ts";
import {
  type ClientSession,
  type EngineStream,
  H2_CANCEL,
  H2_NO_ERROR,
  type HeaderBlock,
  type StreamClose,
  type StreamReceiver,
} from "../../http2/index.ts";
import type { MessageInit } from "../../protobuf/index.ts";
import { marshalRequest, responseUnreadable } from "../call-errors.ts";
import { CLIENT_ID, deadlineExceeded, errorOfAbort, overBeforeStart } from "../cancel-reason.ts";
import type { ChannelCall, UnaryWaiter } from "../channel.ts";
import type { ClientEnd, ClientForm } from "../client-form.ts";
import { closeError } from "../close-error.ts";
import { frameCompressed, MessageReader } from "../framing.ts";
import { metadataFromHeaders } from "../metadata-wire.ts";
import type { SharedDeadlines, TimedCall } from "../shared-deadlines.ts";

/** One unary call on a connection: one small object, no stream, no iterator. */
export class GrpcUnaryCall<Input, Output> implements StreamReceiver, TimedCall {
  readonly deadline: number;
  readonly deadlineSeat = { at: -1 };
  readonly #call: ChannelCall<Input, Output>;
  readonly #address: string;
  readonly #form: ClientForm;
  readonly #deadlines: SharedDeadlines;
  readonly #waiter: UnaryWaiter<Output>;
  #session: ClientSession | undefined;
  #stream: EngineStream | undefined;
  #reader: MessageReader | undefined;
  #headers: HeaderBlock | undefined;
  #trailers: HeaderBlock | undefined;
  /** Nothing in the body is for us: some servers answer what is no gRPC with a page of HTML. */
  #isForeign = false;
  #message: Uint8Array | undefined;
  #onAbort: (() => void) | undefined;
  #settled = false;

  constructor(
    call: ChannelCall<Input, Output>,
    address: string,
    form: ClientForm,
    deadlines: SharedDeadlines,
    waiter: UnaryWaiter<Output>,
  ) {
    this.deadline = call.deadline ?? Number.POSITIVE_INFINITY;
    this.#call = call;
    this.#address = address;
    this.#form = form;
    this.#deadlines = deadlines;
    this.#waiter = waiter;
  }

  start(session: ClientSession, request: MessageInit<Input>): void {
    const { signal } = this.#call;
    const frame = this.#frame(request);
    if (frame === undefined) return;
    const stream = session.open(this.#form.requestHeaders(this.#call, this.#address), false, this);
    this.#session = session;
    this.#stream = stream;
    if (frame instanceof Promise) {
      frame.then(
        (bytes) => this.#settled || stream.sendData(bytes, true),
        (reason) => this.#cancel(MicroError.from(reason, CLIENT_ID)),
      );
    } else stream.sendData(frame, true);
    this.#deadlines.add(this);
    if (signal !== undefined) {
      this.#onAbort = () => this.#cancel(errorOfAbort(signal.reason));
      signal.addEventListener("abort", this.#onAbort, { once: true });
    }
  }

  /** The request as it goes on the wire; undefined when the call has failed already. */
  #frame(request: MessageInit<Input>): Buffer | Promise<Buffer> | undefined {
    const { codec, compression, method } = this.#call;
    try {
      const over = overBeforeStart(this.#call);
      if (over !== undefined) throw over;
      return frameCompressed(marshalRequest(codec, method.input, request), compression);
    } catch (cause) {
      this.#fail(MicroError.from(cause, CLIENT_ID));
      return undefined;
    }
  }

  expire(): void {
    this.#cancel(deadlineExceeded());
    if (this.#headers === undefined) this.#session?.suspect();
  }

  onHeaders(headers: HeaderBlock): void {
    this.#headers = headers;
    this.#isForeign = !this.#form.isAnswer(headers);
    this.#reader = new MessageReader({
      maxMessageBytes: this.#call.maxMessageBytes,
      compression: this.#form.compressionOf(headers),
      endFlag: this.#form.endFlag,
      errorId: CLIENT_ID,
    });
  }

  onData(chunk: Buffer): void {
    if (this.#settled || this.#reader === undefined || this.#isForeign) return;
    try {
      this.#reader.push(chunk);
      for (let bytes = this.#reader.next(); bytes !== undefined; bytes = this.#reader.next()) {
        if (this.#message !== undefined) throw cardinality("more");
        this.#message = bytes;
      }
    } catch (error) {
      this.#cancel(MicroError.from(error, CLIENT_ID));
    }
  }

  onTrailers(trailers: HeaderBlock): void {
    this.#trailers = trailers;
  }

  onEnd(): void {
    if (this.#settled) return;
    const end = this.#end();
    if (this.#form.isComplete(end)) this.#finish(end);
  }

  onDrain(): void {}

  onClose(close: StreamClose): void {
    if (this.#settled) return;
    const complete = close.code === H2_NO_ERROR && this.#headers !== undefined && !close.connectionLost;
    if (complete || this.#trailers !== undefined) this.#finish(this.#end());
    else this.#fail(closeError(close, this.#address, this.#call.deadline));
  }

  #end(): ClientEnd {
    const { isUnused = true, end: last } = this.#reader ?? {};
    return { headers: this.#headers, trailers: this.#trailers, last, isBodiless: isUnused };
  }

  #finish(end: ClientEnd): void {
    try {
      this.#notify(end);
      const error = this.#form.errorOf(end);
      if (error !== undefined) throw error;
      if (this.#message === undefined) throw cardinality("none");
      const message = this.#read(this.#message);
      this.#settle();
      this.#waiter.resolve(message);
    } catch (error) {
      this.#fail(MicroError.from(error, CLIENT_ID));
    }
  }

  #read(bytes: Uint8Array): Output {
    const { codec, method } = this.#call;
    try {
      return codec.unmarshal(method.output, bytes);
    } catch (cause) {
      throw responseUnreadable(method.output.typeName, cause);
    }
  }

  #notify(end: ClientEnd): void {
    const { onHeader, onTrailer } = this.#call;
    if (onHeader !== undefined) onHeader(metadataFromHeaders(this.#headers ?? {}));
    if (onTrailer !== undefined) onTrailer(this.#form.trailerOf(end));
  }

  #cancel(error: MicroError): void {
    this.#fail(error);
    this.#stream?.reset(H2_CANCEL);
  }

  #fail(error: MicroError): void {
    if (this.#settled) return;
    this.#settle();
    this.#waiter.reject(error);
  }

  #settle(): void {
    this.#settled = true;
    this.#deadlines.delete(this);
    if (this.#onAbort !== undefined) this.#call.signal?.removeEventListener("abort", this.#onAbort);
  }
}

function cardinality(what: string): MicroError {
  return new MicroError({
    id: CLIENT_ID,
    code: 501,
    detail: `one response message was expected, ${what} came`,
  });
}
