import { CallContext, type Peer } from "../context/index.ts";
import { MicroError } from "../errors/index.ts";
import { type EngineStream, H2_CANCEL, type StreamClose, type StreamReceiver } from "../http2/index.ts";
import { abandon } from "./abandon.ts";
import { ArrivingRequests, type RequestsOwner } from "./arriving-requests.ts";
import { deadlineExceeded } from "./cancel-reason.ts";
import type { Dispatcher, Route, RunningCall } from "./dispatcher.ts";
import { frameCompressed } from "./framing.ts";
import { LoopTurns } from "./loop-turns.ts";
import type { MessageQueue } from "./message-queue.ts";
import { checkMetadataSize, fitBesideError, metadataFromHeaders } from "./metadata-wire.ts";
import type { SharedDeadlines, TimedCall } from "./shared-deadlines.ts";
import type { StreamedForm, StreamedRequest } from "./streamed-form.ts";

/**
 * One call on the server whose messages are framed, whatever its protocol. Every streaming method is served as if it were
 * bidirectional: the handler starts with the headers, and a server-streaming one when its one request is known to be the
 * only one, or with it where callers never half-close. These end a stream by cancelling, which is therefore no failure.
 */
export class StreamedServerCall implements StreamReceiver, RunningCall, TimedCall, RequestsOwner {
  readonly seat = { at: -1 };
  readonly deadlineSeat = { at: -1 };
  readonly deadline: number;
  readonly #stream: EngineStream;
  readonly #dispatcher: Dispatcher;
  readonly #request: StreamedRequest;
  readonly #form: StreamedForm;
  readonly #context: CallContext;
  #route: Route | undefined;
  readonly #deadlines: SharedDeadlines;
  /** Undefined: the call was refused. */
  #requests: ArrivingRequests | undefined;
  /** What the handler of a streaming method answers. */
  #replies: AsyncIterator<unknown> | undefined;
  #headersSent = false;
  /** The handler was called; it says itself when it has ended. */
  #isHandled = false;
  /** The answer is complete, or nobody waits for it any more. */
  #over = false;
  #onDrained: (() => void) | undefined;

  constructor(
    stream: EngineStream,
    request: StreamedRequest,
    form: StreamedForm,
    dispatcher: Dispatcher,
    peer: Peer,
    deadlines: SharedDeadlines,
  ) {
    this.#stream = stream;
    this.#request = request;
    this.#form = form;
    this.#dispatcher = dispatcher;
    this.#deadlines = deadlines;
    const { headers, timeoutMs } = request;
    this.deadline = timeoutMs === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutMs;
    this.#context = new CallContext({
      method: request.path,
      peer,
      deadline: timeoutMs === undefined ? undefined : this.deadline,
      metadata: () => metadataFromHeaders(headers),
    });
  }

  /** Finds the method and, for a streaming one, starts the handler. `ended`: no body will come. */
  start(ended: boolean): void {
    this.#dispatcher.begin(this);
    try {
      const { path, problem } = this.#request;
      if (problem !== undefined) throw problem;
      const route = this.#dispatcher.route(path);
      this.#route = route;
      this.#context.method = route.path;
      this.#deadlines.add(this);
      this.#requests = new ArrivingRequests({
        stream: this.#stream,
        request: this.#request,
        dispatcher: this.#dispatcher,
        context: this.#context,
        route,
        owner: this,
      });
      const { queue } = this.#requests;
      if (queue !== undefined) {
        this.#isHandled = true;
        void this.#runStream(route, queue);
      }
      if (ended) this.onEnd();
    } catch (error) {
      this.#fail(error);
      this.#dispatcher.end(this);
    }
  }

  expire(): void {
    this.cancel(deadlineExceeded(this.#dispatcher.serviceName));
  }

  cancel(reason: MicroError): void {
    if (this.#over) return;
    this.#fail(reason);
    this.#abandon(reason);
    this.#leave();
  }

  onHeaders(): void {}

  onTrailers(): void {}

  onData(chunk: Buffer): void {
    this.#requests?.push(chunk);
  }

  onEnd(): void {
    this.#requests?.end();
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
    this.#leave();
  }

  requestsFailed(error: MicroError): void {
    this.cancel(error);
  }

  requestComplete(message: unknown): void {
    const route = this.#route as Route;
    this.#isHandled = true;
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
        const { codec, replyCompression } = this.#request;
        const frame = frameCompressed(codec.marshal(route.method.output, reply as never), replyCompression);
        if (frame instanceof Promise) {
          this.#replyLater(frame);
          return;
        }
        this.#succeed(frame);
      } catch (error) {
        this.#fail(error);
      }
    }
    this.#dispatcher.end(this);
  }

  #replyLater(frame: Promise<Uint8Array>): void {
    frame
      .then(
        (bytes) => this.#over || this.#succeed(bytes),
        (reason) => this.#fail(reason),
      )
      .catch((reason: unknown) => this.#fail(reason))
      .finally(() => this.#dispatcher.end(this));
  }

  async #runStream(route: Route, requests: MessageQueue<unknown>): Promise<void> {
    const turns = new LoopTurns();
    try {
      const replies = route.stream(requests, this.#context)[Symbol.asyncIterator]();
      this.#replies = replies;
      for (;;) {
        const { done, value } = await replies.next();
        if (this.#over || done === true) break;
        const bytes = this.#request.codec.marshal(route.method.output, value as never);
        let frame = frameCompressed(bytes, this.#request.replyCompression);
        if (frame instanceof Promise) {
          frame = await frame;
          if (this.#over) break;
        }
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

  /** A handler that ignores its signal must not keep a stopping server waiting, nor work uncounted. */
  #leave(): void {
    if (this.#isHandled) this.#dispatcher.leave(this, this.#context.method);
    else this.#dispatcher.end(this);
  }

  /** Ends what runs on behalf of this call. */
  #abandon(reason: MicroError): void {
    this.#context.cancel(reason);
    this.#requests?.stop(reason);
    abandon(this.#replies);
  }

  #sendHeaders(): void {
    if (this.#headersSent) return;
    const { sentHeader } = this.#context;
    checkMetadataSize(sentHeader, "response header", this.#dispatcher.serviceName);
    this.#headersSent = true;
    this.#form.sendHead(this.#stream, this.#request, sentHeader);
  }

  /** `last`: the answer of a unary call, which goes out in one piece with the status. */
  #succeed(last?: Uint8Array): void {
    const { sentHeader, sentTrailer } = this.#context;
    const id = this.#dispatcher.serviceName;
    checkMetadataSize(sentTrailer, "response trailer", id);
    if (!this.#headersSent) checkMetadataSize(sentHeader, "response header", id);
    this.#finish();
    this.#form.sendEnd(this.#stream, this.#request, {
      error: undefined,
      headersSent: this.#headersSent,
      header: sentHeader,
      trailer: sentTrailer,
      last,
    });
  }

  #fail(reason: unknown): void {
    if (this.#over) return;
    this.#finish();
    const { sentHeader, sentTrailer } = this.#context;
    const headersSent = this.#headersSent;
    const fits = fitBesideError(headersSent ? undefined : sentHeader, sentTrailer);
    this.#form.sendEnd(this.#stream, this.#request, {
      error: this.#dispatcher.errorFor(reason, this.#request.path, this.#context),
      headersSent,
      header: fits ? sentHeader : undefined,
      trailer: fits ? sentTrailer : undefined,
      last: undefined,
    });
  }

  #finish(): void {
    this.#over = true;
    this.#deadlines.delete(this);
    this.#requests?.stop();
  }
}
