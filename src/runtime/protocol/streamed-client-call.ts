import { MicroError } from "../errors/index.ts";
import {
  type ClientSession,
  type EngineStream,
  H2_CANCEL,
  H2_NO_ERROR,
  type HeaderBlock,
  type StreamClose,
  type StreamReceiver,
} from "../http2/index.ts";
import type { Metadata } from "../metadata/index.ts";
import type { MessageInit } from "../protobuf/index.ts";
import { abandon } from "./abandon.ts";
import { marshalRequest, responseUnreadable } from "./call-errors.ts";
import {
  CLIENT_ID,
  deadlineExceeded,
  errorOfAbort,
  overBeforeStart,
  requestsFailed,
} from "./cancel-reason.ts";
import type { ChannelCall } from "./channel.ts";
import type { ClientEnd, ClientForm } from "./client-form.ts";
import { closeError } from "./close-error.ts";
import { startDeadline } from "./deadline.ts";
import { frameCompressed, MessageReader } from "./framing.ts";
import { Inflow, type MessageTaker } from "./inflow.ts";
import { LoopTurns } from "./loop-turns.ts";
import { MessageQueue, type QueueOwner } from "./message-queue.ts";
import { metadataFromHeaders } from "./metadata-wire.ts";
import { UnfoldTurns } from "./unfold-turns.ts";

const NOTHING = new Uint8Array(0);

/** One streaming call on a connection, of any kind. Leaving `responses` early cancels it and ends the requests. */
export class StreamedClientCall<Input, Output> implements StreamReceiver, QueueOwner, MessageTaker {
  readonly responses: MessageQueue<Output>;
  readonly #call: ChannelCall<Input, Output>;
  readonly #address: string;
  readonly #form: ClientForm;
  #stream: EngineStream | undefined;
  #timer: NodeJS.Timeout | undefined;
  #requests: AsyncIterator<MessageInit<Input>> | undefined;
  #reader: MessageReader | undefined;
  #inflow: Inflow | undefined;
  #headers: HeaderBlock | undefined;
  #trailers: HeaderBlock | undefined;
  /** Nothing in the body is for us: the peer does not speak our protocol. */
  #isForeign = false;
  /** Of an answer that came whole and is still held. */
  #close: StreamClose | undefined;
  #onAbort: (() => void) | undefined;
  #onDrained: (() => void) | undefined;
  #requestsEnded = false;
  #settled = false;

  constructor(call: ChannelCall<Input, Output>, address: string, form: ClientForm) {
    this.#call = call;
    this.#form = form;
    this.#address = address;
    this.responses = new MessageQueue<Output>(this);
  }

  start(session: ClientSession, requests: AsyncIterable<MessageInit<Input>>): void {
    const { signal, deadline } = this.#call;
    const over = overBeforeStart(this.#call);
    if (over !== undefined) {
      this.#fail(over);
      return;
    }
    this.#stream = session.open(this.#form.requestHeaders(this.#call, this.#address), false, this);
    this.#timer = startDeadline(deadline, () => {
      this.#cancel(deadlineExceeded());
      if (this.#headers === undefined) session.suspect();
    });
    if (signal !== undefined) {
      this.#onAbort = () => this.#cancel(errorOfAbort(signal.reason));
      signal.addEventListener("abort", this.#onAbort, { once: true });
    }
    void this.#send(this.#stream, requests);
  }

  onHeaders(headers: HeaderBlock): void {
    this.#headers = headers;
    this.#isForeign = !this.#form.isAnswer(headers);
    if (!this.#isForeign && this.#stream !== undefined) this.#read(this.#stream, headers);
    if (this.#call.onHeader !== undefined) this.#notify(this.#call.onHeader, metadataFromHeaders(headers));
  }

  onData(chunk: Buffer): void {
    this.#inflow?.push(chunk);
  }

  onTrailers(trailers: HeaderBlock): void {
    this.#trailers = trailers;
  }

  onEnd(): void {
    if (this.#inflow === undefined) this.takeEnd();
    else this.#inflow.end();
  }

  onDrain(): void {
    const drained = this.#onDrained;
    this.#onDrained = undefined;
    drained?.();
  }

  onClose(close: StreamClose): void {
    if (!this.#settled) {
      const complete = close.code === H2_NO_ERROR && this.#headers !== undefined && !close.connectionLost;
      if (this.#inflow?.isHolding && (complete || this.#inflow.isEnding)) {
        this.#close = close;
        this.#inflow.end();
        return;
      }
      if (complete) this.#finish(this.#end());
      else this.#fail(closeError(close, this.#address, this.#call.deadline));
    }
    this.onDrain();
  }

  takeMessage(bytes: Uint8Array): boolean {
    const { codec, method } = this.#call;
    let message: Output;
    try {
      message = codec.unmarshal(method.output, bytes);
    } catch (cause) {
      throw responseUnreadable(method.output.typeName, cause);
    }
    return this.responses.push(message, bytes.length);
  }

  takeEnd(): void {
    if (this.#settled) return;
    const end = this.#end();
    if (this.#form.isComplete(end)) this.#finish(end);
    if (this.#close !== undefined) this.onClose(this.#close);
  }

  takeFailure(reason: unknown): void {
    this.#cancel(MicroError.from(reason, CLIENT_ID));
  }

  queueDrained(): void {
    this.#inflow?.goOn();
  }

  queueAbandoned(): void {
    if (this.#settled) return;
    this.#settle();
    this.#stream?.reset(H2_CANCEL);
  }

  #read(stream: EngineStream, headers: HeaderBlock): void {
    const compression = this.#form.compressionOf(headers);
    this.#reader = new MessageReader({
      maxMessageBytes: this.#call.maxMessageBytes,
      compression,
      endFlag: this.#form.endFlag,
      errorId: CLIENT_ID,
    });
    this.#inflow = new Inflow({
      reader: this.#reader,
      stream,
      taker: this,
      turns: compression === undefined ? undefined : new UnfoldTurns(),
      connection: this,
    });
  }

  async #send(stream: EngineStream, requests: AsyncIterable<MessageInit<Input>>): Promise<void> {
    const turns = new LoopTurns();
    try {
      const iterator = requests[Symbol.asyncIterator]();
      this.#requests = iterator;
      for (;;) {
        const { done, value } = await iterator.next();
        if (this.#settled) return;
        if (done === true) break;
        const bytes = marshalRequest(this.#call.codec, this.#call.method.input, value);
        let frame = frameCompressed(bytes, this.#call.compression);
        if (frame instanceof Promise) {
          frame = await frame;
          if (this.#settled) return;
        }
        if (!stream.sendData(frame, false)) {
          await new Promise<void>((resolve) => {
            this.#onDrained = resolve;
          });
          if (this.#settled) return;
        }
        const turn = turns.next();
        if (turn !== undefined) {
          await turn;
          if (this.#settled) return;
        }
      }
      this.#requestsEnded = true;
      stream.sendData(NOTHING, true);
    } catch (cause) {
      this.#requestsEnded = !MicroError.is(cause);
      this.#cancel(MicroError.is(cause) ? cause : requestsFailed(cause));
    }
  }

  /** A caller's function that throws fails its call, not the process. */
  #notify(listener: (values: Metadata) => void, metadata: Metadata): void {
    try {
      listener(metadata);
    } catch (error) {
      this.#cancel(MicroError.from(error, CLIENT_ID));
    }
  }

  /** A peer that says all is well in the middle of a message. */
  #cutOff(): MicroError | undefined {
    if (this.#reader?.isInsideFrame !== true) return undefined;
    return new MicroError({ id: CLIENT_ID, code: 500, detail: "the response ends inside a message" });
  }

  #end(): ClientEnd {
    const { isUnused = true, end: last } = this.#reader ?? {};
    return { headers: this.#headers, trailers: this.#trailers, last, isBodiless: isUnused };
  }

  #finish(end: ClientEnd): void {
    if (this.#call.onTrailer !== undefined) this.#notify(this.#call.onTrailer, this.#form.trailerOf(end));
    if (this.#settled) return;
    const error = this.#form.errorOf(end) ?? this.#cutOff();
    if (error !== undefined) {
      this.#fail(error);
      return;
    }
    this.#settle();
    this.responses.end();
  }

  #cancel(error: MicroError): void {
    if (this.#settled) return;
    this.#fail(error);
    this.#stream?.reset(H2_CANCEL);
  }

  #fail(error: MicroError): void {
    if (this.#settled) return;
    this.#settle();
    this.responses.fail(error);
  }

  #settle(): void {
    this.#settled = true;
    clearTimeout(this.#timer);
    // A paused stream would keep what it holds.
    this.#inflow?.stop();
    if (this.#onAbort !== undefined) this.#call.signal?.removeEventListener("abort", this.#onAbort);
    if (!this.#requestsEnded) {
      this.#requestsEnded = true;
      abandon(this.#requests);
      // The answer is complete, what we would still send interests nobody.
      this.#stream?.reset(H2_CANCEL);
    }
    this.onDrain();
  }
}
