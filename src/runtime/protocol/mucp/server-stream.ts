import { CallContext, type Peer } from "../../context/index.ts";
import { type MicroError, timeout } from "../../errors/index.ts";
import { abandon } from "../abandon.ts";
import type { RunningCall } from "../dispatcher.ts";
import { LoopTurns } from "../loop-turns.ts";
import { MessageQueue, type QueueOwner } from "../message-queue.ts";
import { metadataFromHeaders } from "../metadata-wire.ts";
import type { Admission } from "./admission.ts";
import { errorOfText, errorText } from "./error-text.ts";
import { END_OF_STREAM, microField } from "./frame.ts";
import type { HttpMessage } from "./http-reader.ts";
import type { MucpRequest } from "./request.ts";
import { type AnswerSink, callerLeft, readMessage } from "./server-call.ts";
import { StreamAnswers } from "./stream-answers.ts";

/** What a streaming call asks of its connection besides sending. */
export interface StreamSink extends AnswerSink {
  /** Undefined: the peer takes what is sent; else wait for this before sending more. */
  drained(): Promise<void> | undefined;
  /** The reader of this call is behind (`true`) or caught up again. */
  hold(call: MucpStreamServerCall, isBehind: boolean): void;
}

/**
 * One streaming call of any kind. The frame that opened it carried no message (go-micro's clients send an empty one and
 * their servers drop it); the first message is that of the second frame. `Timeout` is no deadline here: v1 clients always
 * send their request timeout of 5 s, and no go-micro server ends a stream for it.
 */
export class MucpStreamServerCall implements RunningCall, QueueOwner {
  readonly #request: MucpRequest;
  readonly #admission: Admission;
  readonly #sink: StreamSink;
  readonly #context: CallContext;
  readonly #answers: StreamAnswers;
  readonly #requests: MessageQueue<unknown>;
  #replies: AsyncIterator<unknown> | undefined;
  #arrivalTimer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(request: MucpRequest, admission: Admission, peer: Peer, sink: StreamSink) {
    this.#request = request;
    this.#admission = admission;
    admission.call = this;
    this.#sink = sink;
    this.#requests = new MessageQueue<unknown>(this);
    this.#context = new CallContext({
      method: admission.route.path,
      peer,
      deadline: undefined,
      metadata: () => metadataFromHeaders(request.fields),
    });
    this.#answers = new StreamAnswers(sink, request, this.#context, admission.dispatcher.serviceName);
  }

  /** `arrivalTimeoutMs`: for the one request of a server-streaming call. */
  async run(arrivalTimeoutMs: number): Promise<void> {
    const { route, dispatcher } = this.#admission;
    if (route.method.kind === "serverStream") {
      this.#arrivalTimer = setTimeout(() => {
        this.cancel(
          timeout(dispatcher.serviceName, `the request did not arrive within ${arrivalTimeoutMs} ms`),
        );
      }, arrivalTimeoutMs);
    }
    const turns = new LoopTurns();
    try {
      const replies = route.stream(this.#requests, this.#context)[Symbol.asyncIterator]();
      this.#replies = replies;
      for (;;) {
        const { done, value } = await replies.next();
        if (this.#over || done === true) break;
        this.#answers.message(this.#request.codec.marshal(route.method.output, value as never));
        await this.#sink.drained();
        if (this.#over) break;
        const turn = turns.next();
        if (turn !== undefined) await turn;
      }
      if (this.#over) return;
      this.#answers.end();
      this.#settle();
    } catch (reason) {
      this.#fail(reason);
      abandon(this.#replies);
    } finally {
      void this.#requests.return();
      this.#admission.end();
    }
  }

  /** A further frame of this stream. */
  accept({ fields, body }: HttpMessage): void {
    if (this.#over) return;
    clearTimeout(this.#arrivalTimer);
    const error = microField(fields, "error");
    if (error === END_OF_STREAM) {
      this.#requests.end();
      return;
    }
    if (error !== undefined) {
      this.#requests.fail(errorOfText(error));
      return;
    }
    try {
      const { form, codec } = this.#request;
      const { message } = form.open(body);
      const request = readMessage({ codec, message }, this.#admission.route);
      if (!this.#requests.push(request, message.length)) this.#sink.hold(this, true);
    } catch (reason) {
      this.cancel(this.#admission.errorFor(reason, this.#context));
    }
  }

  cancel(reason: MicroError): void {
    if (this.#over) return;
    this.#fail(reason);
    this.#abandon(reason);
  }

  /** The connection is gone. */
  abandon(reason: MicroError = callerLeft(this.#admission.dispatcher.serviceName)): void {
    if (this.#over) return;
    this.#settle();
    this.#abandon(reason);
  }

  queueDrained(): void {
    this.#sink.hold(this, false);
  }

  queueAbandoned(): void {
    // The handler wants no more requests; the rest is read and dropped.
    this.#sink.hold(this, false);
  }

  /** Ends what runs on behalf of this call. */
  #abandon(reason: MicroError): void {
    this.#context.cancel(reason);
    this.#requests.fail(reason);
    abandon(this.#replies);
    // A handler that ignores its signal must not keep a stopping server waiting, nor work uncounted.
    this.#admission.leave();
  }

  #fail(reason: unknown): void {
    if (this.#over) return;
    this.#settle();
    this.#answers.fail(errorText(this.#admission.errorFor(reason, this.#context)));
  }

  #settle(): void {
    this.#over = true;
    clearTimeout(this.#arrivalTimer);
    this.#sink.hold(this, false);
    this.#sink.ended(this);
  }
}
