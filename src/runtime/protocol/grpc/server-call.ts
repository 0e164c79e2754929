import { REQUEST } from "../../codec/index.ts";
import { CallContext, type Peer } from "../../context/index.ts";
import { badRequest, MicroError, notImplemented, timeout } from "../../errors/index.ts";
import {
  type EngineStream,
  H2_CANCEL,
  type HeaderBlock,
  type StreamClose,
  type StreamReceiver,
} from "../../http2/index.ts";
import { abandon } from "../abandon.ts";
import { deadlineExceeded } from "../cancel-reason.ts";
import { startDeadline } from "../deadline.ts";
import type { Dispatcher, Route, RunningCall } from "../dispatcher.ts";
import { LoopTurns } from "../loop-turns.ts";
import { MessageQueue, type QueueOwner } from "../message-queue.ts";
import { addMetadata, checkMetadataSize, fitBesideError, metadataFromHeaders } from "../metadata-wire.ts";
import { frameMessage, MessageReader } from "./framing.ts";
import { checkEncoding, checkTimeout, type GrpcRequest, timeoutOf } from "./request.ts";
import { writeStatus } from "./status.ts";

/**
 * One call on the server. Every streaming method is served as if it were bidirectional: the handler starts with the
 * headers and a server-streaming one with the first message, because go-micro's clients never half-close; they end a
 * stream by cancelling, which is therefore no failure here.
 */
export class GrpcServerCall implements StreamReceiver, RunningCall, QueueOwner {
  readonly #stream: EngineStream;
  readonly #dispatcher: Dispatcher;
  readonly #request: GrpcRequest;
  readonly #context: CallContext;
  readonly #reader: MessageReader;
  #route: Route | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Runs until the one request of the call has come. */
  #arrivalTimer: NodeJS.Timeout | undefined;
  /** Requests of a streaming method. */
  #queue: MessageQueue<unknown> | undefined;
  #unaryStarted = false;
  #headersSent = false;
  /** The answer is complete, or nobody waits for it any more. */
  #over = false;
  #onDrained: (() => void) | undefined;

  constructor(stream: EngineStream, request: GrpcRequest, dispatcher: Dispatcher, peer: Peer) {
    this.#stream = stream;
    this.#request = request;
    this.#dispatcher = dispatcher;
    const { headers } = request;
    this.#reader = new MessageReader({
      maxMessageBytes: dispatcher.maxMessageBytes,
      encoding: String(headers["grpc-encoding"] ?? "identity"),
      errorId: dispatcher.serviceName,
    });
    const timeoutMs = timeoutOf(headers);
    this.#context = new CallContext({
      method: request.path,
      peer,
      deadline: timeoutMs === undefined ? undefined : Date.now() + timeoutMs,
      metadata: () => metadataFromHeaders(headers),
    });
  }

  /** Finds the method and, for a streaming one, starts the handler. `ended`: no body will come. */
  start(ended: boolean): void {
    this.#dispatcher.begin(this);
    try {
      const { headers, path } = this.#request;
      checkEncoding(headers, this.#dispatcher.serviceName);
      checkTimeout(headers, this.#dispatcher.serviceName);
      this.#route = this.#dispatcher.route(path);
      this.#context.method = this.#route.path;
      this.#timer = startDeadline(this.#context.deadline, () => {
        this.cancel(deadlineExceeded(this.#dispatcher.serviceName));
      });
      this.#awaitArrival(this.#route);
      if (this.#route.method.kind !== "unary") {
        this.#queue = new MessageQueue<unknown>(this);
        void this.#runStream(this.#route, this.#queue);
      }
      if (ended) this.onEnd();
    } catch (error) {
      this.#fail(error);
      this.#dispatcher.end(this);
    }
  }

  cancel(reason: MicroError): void {
    if (this.#over) return;
    this.#fail(reason);
    this.#abandon(reason);
    // A handler that ignores its signal must not keep a stopping server waiting.
    this.#dispatcher.end(this);
  }

  onHeaders(): void {}

  onTrailers(): void {}

  onData(chunk: Buffer): void {
    if (this.#over) return;
    try {
      this.#reader.push(chunk);
      for (let bytes = this.#reader.next(); bytes !== undefined; bytes = this.#reader.next()) {
        this.#onMessage(bytes);
        if (this.#over) return;
      }
    } catch (error) {
      this.cancel(this.#dispatcher.errorFor(error, this.#request.path));
    }
  }

  onEnd(): void {
    if (this.#over) return;
    const id = this.#dispatcher.serviceName;
    if (this.#reader.isInsideFrame) this.cancel(badRequest(id, "the request ends inside a message"));
    else if (this.#queue !== undefined) this.#queue.end();
    // UNIMPLEMENTED is what gRPC asks for when the number of requests is wrong.
    else if (!this.#unaryStarted) this.cancel(notImplemented(id, "the request message is missing"));
  }

  onDrain(): void {
    const drained = this.#onDrained;
    this.#onDrained = undefined;
    drained?.();
  }

  onClose(close: StreamClose): void {
    this.onDrain();
    if (this.#over) return;
    this.#finish();
    const detail =
      close.stalled === true
        ? "the caller took nothing of the answer for too long"
        : close.connectionLost && close.code !== H2_CANCEL
          ? "connection lost"
          : "call was cancelled";
    this.#abandon(new MicroError({ id: this.#dispatcher.serviceName, code: 499, detail }));
  }

  queueDrained(): void {
    this.#stream.resume();
  }

  queueAbandoned(): void {
    // The handler wants no more requests; the rest is read and dropped so that the connection flows.
    this.#stream.resume();
  }

  #onMessage(bytes: Uint8Array): void {
    const route = this.#route as Route;
    if (this.#queue === undefined && this.#unaryStarted) {
      throw notImplemented(this.#dispatcher.serviceName, "a unary call takes one message, more came");
    }
    const message = this.#request.codec.unmarshal(route.method.input, bytes, REQUEST);
    clearTimeout(this.#arrivalTimer);
    if (this.#queue !== undefined) {
      if (!this.#queue.push(message)) this.#stream.pause();
      return;
    }
    this.#unaryStarted = true;
    route.unary(message, this.#context).then(
      (reply) => this.#replyUnary(route, reply),
      (reason) => {
        this.#fail(reason);
        this.#dispatcher.end(this);
      },
    );
  }

  #replyUnary(route: Route, reply: unknown): void {
    if (!this.#over) {
      try {
        const frame = frameMessage(this.#request.codec.marshal(route.method.output, reply as never));
        this.#succeed(frame);
      } catch (error) {
        this.#fail(error);
      }
    }
    this.#dispatcher.end(this);
  }

  async #runStream(route: Route, requests: MessageQueue<unknown>): Promise<void> {
    const turns = new LoopTurns();
    try {
      const replies = route.stream(requests, this.#context)[Symbol.asyncIterator]();
      this.#replies = replies;
      for (;;) {
        const { done, value } = await replies.next();
        if (this.#over || done === true) break;
        const frame = frameMessage(this.#request.codec.marshal(route.method.output, value as never));
        this.#sendHeaders();
        if (!this.#stream.sendData(frame, false)) {
          await new Promise<void>((resolve) => {
            this.#onDrained = resolve;
          });
          if (this.#over) break;
        }
        const turn = turns.next();
        if (turn !== undefined) {
          await turn;
          if (this.#over) break;
        }
      }
      if (!this.#over) this.#succeed();
    } catch (error) {
      this.#fail(error);
      abandon(this.#replies);
    } finally {
      void requests.return();
      this.#dispatcher.end(this);
    }
  }

  #replies: AsyncIterator<unknown> | undefined;

  /** Ends what runs on behalf of this call. */
  #abandon(reason: MicroError): void {
    this.#context.cancel(reason);
    this.#queue?.fail(reason);
    abandon(this.#replies);
  }

  #sendHeaders(): void {
    if (this.#headersSent) return;
    const { sentHeader } = this.#context;
    checkMetadataSize(sentHeader, "response header", this.#dispatcher.serviceName);
    this.#headersSent = true;
    const headers: HeaderBlock = { ":status": "200", "content-type": this.#request.contentType };
    if (sentHeader !== undefined) addMetadata(headers, sentHeader);
    this.#stream.sendHeaders(headers, false);
  }

  /** `last`: the answer of a unary call, which goes out in one piece with the status. */
  #succeed(last?: Uint8Array): void {
    const { sentTrailer } = this.#context;
    checkMetadataSize(sentTrailer, "response trailer", this.#dispatcher.serviceName);
    this.#sendHeaders();
    const trailers: HeaderBlock = { "grpc-status": "0" };
    if (sentTrailer !== undefined) addMetadata(trailers, sentTrailer);
    this.#stream.sendTrailers(trailers, last);
    this.#finish();
  }

  #fail(reason: unknown): void {
    if (this.#over) return;
    const error = this.#dispatcher.errorFor(reason, this.#request.path);
    const status: HeaderBlock = {};
    const fits = fitBesideError(this.#context.sentHeader, this.#context.sentTrailer);
    const { sentHeader, sentTrailer } = fits ? this.#context : NO_METADATA;
    writeStatus(status, error, this.#request.headers["x-content-type"] !== undefined);
    if (error.grpc === 12) status["grpc-accept-encoding"] = "identity,gzip";
    if (this.#headersSent) {
      if (sentTrailer !== undefined) addMetadata(status, sentTrailer);
      this.#stream.sendTrailers(status);
    } else {
      const headers: HeaderBlock = {
        ":status": "200",
        "content-type": this.#request.contentType,
        ...status,
      };
      if (sentHeader !== undefined) addMetadata(headers, sentHeader);
      if (sentTrailer !== undefined) addMetadata(headers, sentTrailer);
      this.#stream.sendHeaders(headers, true);
    }
    this.#finish();
  }

  /** Who sends headers and then nothing must not hold a call for good. An earlier deadline does as well. */
  #awaitArrival({ method }: Route): void {
    if (method.kind === "clientStream" || method.kind === "bidiStream") return;
    const timeoutMs = this.#request.arrivalTimeoutMs;
    const { deadline } = this.#context;
    if (deadline !== undefined && deadline <= Date.now() + timeoutMs) return;
    this.#arrivalTimer = setTimeout(() => {
      this.cancel(timeout(this.#dispatcher.serviceName, `the request did not arrive within ${timeoutMs} ms`));
    }, timeoutMs);
  }

  #finish(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#arrivalTimer);
  }
}

const NO_METADATA = { sentHeader: undefined, sentTrailer: undefined };
