import { REQUEST } from "../codec/index.ts";
import type { Context } from "../context/index.ts";
import { badRequest, type MicroError, notImplemented, timeout } from "../errors/index.ts";
import type { EngineStream } from "../http2/index.ts";
import type { Dispatcher, Route } from "./dispatcher.ts";
import { MessageReader } from "./framing.ts";
import { Inflow, type MessageTaker } from "./inflow.ts";
import { MessageQueue, type QueueOwner } from "./message-queue.ts";
import type { StreamedRequest } from "./streamed-form.ts";

/** The call that the requests are of. */
export interface RequestsOwner {
  /** The one request of a unary call is here, and is known to be the only one. */
  requestComplete(message: unknown): void;
  /** What came is no request of this method, or did not come in time. */
  requestsFailed(error: MicroError): void;
}

export interface ArrivingRequestsInit {
  readonly stream: EngineStream;
  readonly request: StreamedRequest;
  readonly dispatcher: Dispatcher;
  readonly context: Context;
  readonly route: Route;
  readonly owner: RequestsOwner;
}

/** What a call on the server is asked: from the frames of its stream to what the handler takes. */
export class ArrivingRequests implements MessageTaker, QueueOwner {
  /** Requests of a streaming method; undefined for a unary one. */
  readonly queue: MessageQueue<unknown> | undefined;
  readonly #init: ArrivingRequestsInit;
  readonly #reader: MessageReader;
  readonly #inflow: Inflow;
  /** Runs until the one request of the call has come. */
  readonly #timer: NodeJS.Timeout | undefined;
  /** The one request of a unary or server-streaming call, until it is known to be the only one. */
  #held: unknown;

  constructor(init: ArrivingRequestsInit) {
    this.#init = init;
    const { dispatcher, request, stream, context, route } = init;
    this.#reader = new MessageReader({
      maxMessageBytes: dispatcher.maxMessageBytes,
      compression: request.compression,
      endFlag: 0,
      errorId: dispatcher.serviceName,
    });
    this.#inflow = new Inflow({
      reader: this.#reader,
      stream,
      taker: this,
      turns: request.compression === undefined ? undefined : dispatcher.unfoldTurns,
      connection: context.peer,
    });
    if (route.method.kind !== "unary") this.queue = new MessageQueue<unknown>(this);
    this.#timer = this.#awaitArrival();
  }

  push(chunk: Buffer): void {
    this.#inflow.push(chunk);
  }

  /** The caller sends nothing more. */
  end(): void {
    this.#inflow.end();
  }

  /** The call is over: what still comes is dropped. The handler can read what is queued, then `reason` is thrown. */
  stop(reason?: MicroError): void {
    clearTimeout(this.#timer);
    this.#inflow.stop();
    if (reason !== undefined) this.queue?.fail(reason);
  }

  takeMessage(bytes: Uint8Array): boolean {
    const { dispatcher, request, route } = this.#init;
    const { kind, input } = route.method;
    if (this.#held !== undefined) {
      // UNIMPLEMENTED is what gRPC asks for when the number of requests is wrong.
      throw notImplemented(dispatcher.serviceName, "the call takes one request message, more came");
    }
    const message = request.codec.unmarshal(input, bytes, REQUEST);
    if (kind === "unary" || (kind === "serverStream" && !request.mayStayOpen)) {
      this.#held = message;
      return true;
    }
    clearTimeout(this.#timer);
    return this.queue?.push(message, bytes.length) !== false;
  }

  takeEnd(): void {
    const { owner, dispatcher } = this.#init;
    clearTimeout(this.#timer);
    const id = dispatcher.serviceName;
    if (this.#reader.isInsideFrame) owner.requestsFailed(badRequest(id, "the request ends inside a message"));
    else if (this.queue !== undefined) {
      if (this.#held !== undefined) this.queue.push(this.#held, 0);
      this.queue.end();
    } else if (this.#held === undefined) {
      owner.requestsFailed(notImplemented(id, "the request message is missing"));
    } else owner.requestComplete(this.#held);
  }

  takeFailure(reason: unknown): void {
    const { owner, dispatcher, request } = this.#init;
    owner.requestsFailed(dispatcher.errorFor(reason, request.path));
  }

  queueDrained(): void {
    this.#inflow.goOn();
  }

  queueAbandoned(): void {
    // The handler wants no more requests; the rest is read and dropped so that the connection flows.
    this.#inflow.stop();
  }

  /** Who sends headers and then nothing must not hold a call for good. An earlier deadline does as well. */
  #awaitArrival(): NodeJS.Timeout | undefined {
    const { context, dispatcher, owner, request, route } = this.#init;
    const { deadline } = context;
    const { kind } = route.method;
    if (kind === "clientStream" || kind === "bidiStream") return undefined;
    const timeoutMs = request.arrivalTimeoutMs;
    if (deadline !== undefined && deadline <= Date.now() + timeoutMs) return undefined;
    return setTimeout(() => {
      const detail = `the request did not arrive within ${timeoutMs} ms`;
      owner.requestsFailed(timeout(dispatcher.serviceName, detail));
    }, timeoutMs);
  }
}
