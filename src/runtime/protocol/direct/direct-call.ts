import { REQUEST, type UnmarshalOptions } from "../../codec/index.ts";
import { CallContext, type Peer } from "../../context/index.ts";
import { MicroError } from "../../errors/index.ts";
import { Metadata } from "../../metadata/index.ts";
import type { MessageInit, MessageType } from "../../protobuf/index.ts";
import type { Clock } from "../../registry/index.ts";
import { deadlineExceeded, errorOfAbort, overBeforeStart } from "../cancel-reason.ts";
import { type ChannelCall, isNodeFailure } from "../channel.ts";
import type { Dispatcher, Route, RunningCall } from "../dispatcher.ts";
import { checkMetadataSize, isReservedName } from "../metadata-wire.ts";
import type { Deadlines, TimedCall } from "./deadlines.ts";

const PEER: Peer = { address: "direct", protocol: "direct" };

/** What a channel calls, and by whose time. */
export interface Callee {
  readonly dispatcher: Dispatcher;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
}

/** One call inside the process; what deadline, caller and stopping server do to it meets here. */
export class DirectCall<Input, Output> implements RunningCall, TimedCall {
  readonly seat = { at: -1 };
  readonly deadlineSeat = { at: -1 };
  stopTimer: (() => void) | undefined = undefined;
  readonly route: Route;
  readonly context: CallContext;
  readonly #call: ChannelCall<Input, Output>;
  readonly #dispatcher: Dispatcher;
  readonly #deadlines: Deadlines;
  /** Infinity: none. */
  readonly deadline: number;
  /** Of a stream: who waits for its next message. */
  #waiting: Set<(reason: MicroError) => void> | undefined;
  /** Told when deadline, caller or server end the call. */
  onCancelled: ((reason: MicroError) => void) | undefined;
  /** The handler was called; who called it says when it has ended. */
  isHandled = false;
  #cancelled: MicroError | undefined;
  #onAbort: (() => void) | undefined;

  /** Throws MicroError when the method is unknown or the call is over before it began. */
  constructor({ dispatcher, clock, deadlines }: Callee, call: ChannelCall<Input, Output>) {
    const { signal, deadline } = call;
    const over = overBeforeStart(call, clock.epochMs());
    if (over !== undefined) throw over;
    this.#call = call;
    this.#dispatcher = dispatcher;
    this.#deadlines = deadlines;
    this.deadline = deadline ?? Number.POSITIVE_INFINITY;
    // As on every wire: who asks for a method has been counted.
    dispatcher.begin(this);
    try {
      this.route = dispatcher.route(call.path);
    } catch (error) {
      dispatcher.end(this);
      throw error;
    }
    this.context = new CallContext({
      method: this.route.path,
      peer: PEER,
      deadline,
      metadata: () => applicationMetadata(call.metadata),
    });
    if (deadline !== undefined) deadlines.add(this);
    if (signal !== undefined) {
      this.#onAbort = () => this.cancel(errorOfAbort(signal.reason));
      signal.addEventListener("abort", this.#onAbort, { once: true });
    }
  }

  expire(): void {
    this.cancel(deadlineExceeded());
  }

  get isOver(): boolean {
    return this.#cancelled !== undefined;
  }

  cancel(reason: MicroError): void {
    if (this.#cancelled !== undefined) return;
    this.#cancelled = reason;
    this.onCancelled?.(this.#cancelled);
    for (const reject of this.#waiting ?? []) reject(this.#cancelled);
    this.#waiting?.clear();
    this.context.cancel(reason);
    this.leave();
  }

  /** Nobody waits for the call any more; it counts until its handler has ended. */
  leave(): void {
    this.#release();
    if (this.isHandled) this.#dispatcher.leave(this, this.context.method);
    else this.#dispatcher.end(this);
  }

  /** Waits for `work` unless the call is ended from outside. Not Promise.race: that would hold on to every wait. */
  within<T>(work: Promise<T>): Promise<T> {
    this.#waiting ??= new Set();
    const waiting = this.#waiting;
    return new Promise((resolve, reject) => {
      if (this.#cancelled !== undefined) reject(this.#cancelled);
      waiting.add(reject);
      work.then(
        (value) => {
          waiting.delete(reject);
          resolve(value);
        },
        (reason) => {
          waiting.delete(reject);
          reject(reason);
        },
      );
    });
  }

  /** The handler has ended. */
  end(): void {
    this.#release();
    this.#dispatcher.end(this);
  }

  #release(): void {
    this.#deadlines.delete(this);
    if (this.#onAbort !== undefined) this.#call.signal?.removeEventListener("abort", this.#onAbort);
  }

  request(message: MessageInit<Input>): unknown {
    return copied(this.#call, this.#call.method.input, this.route.method.input, message, REQUEST);
  }

  response(message: unknown): Output {
    return copied(this.#call, this.route.method.output, this.#call.method.output, message as never) as Output;
  }

  errorOf(reason: unknown): MicroError {
    const error = this.#dispatcher.errorFor(reason, this.#call.path, this.context);
    // As on a wire: that a call of the handler's own was not sent does not mean that this one was not.
    return isNodeFailure(error)
      ? new MicroError({
          ...error.toJSON(),
          grpc: error.grpc,
          retryAfterMs: error.retryAfterMs,
          cause: error,
        })
      : error;
  }

  sendHeader(): void {
    checkMetadataSize(this.context.sentHeader, "response header", this.#dispatcher.serviceName);
    this.#call.onHeader?.(applicationMetadata(this.context.sentHeader ?? new Metadata()));
  }

  sendTrailer(): void {
    checkMetadataSize(this.context.sentTrailer, "response trailer", this.#dispatcher.serviceName);
    this.#call.onTrailer?.(applicationMetadata(this.context.sentTrailer ?? new Metadata()));
  }
}

/** The same type on both sides is copied as an object; a caller without schema (JSON text) goes through the codec. */
function copied<I, O>(
  call: ChannelCall<I, O>,
  from: MessageType<unknown>,
  to: MessageType<unknown>,
  message: MessageInit<unknown>,
  options?: UnmarshalOptions,
): unknown {
  if (from === to) return to.create(message);
  return call.codec.unmarshal(to, call.codec.marshal(from, message), options);
}

function applicationMetadata(metadata: Metadata): Metadata {
  const kept = new Metadata();
  for (const [name, value] of metadata) if (!isReservedName(name)) kept.append(name, value);
  return kept;
}
