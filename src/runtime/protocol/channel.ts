import type { Codec } from "../codec/index.ts";
import type { Metadata } from "../metadata/index.ts";
import type { MessageInit, MethodType } from "../protobuf/index.ts";
import type { DialOptions } from "../transport/index.ts";
import type { Compression } from "./compression.ts";

/** One attempt of one call, as a protocol sees it. */
export interface ChannelCall<Input, Output> {
  /** Path without the leading slash: `greeter.Greeter/Hello`. */
  readonly path: string;
  /** Name of the called service on the registry, `go.micro.srv.greeter`; mucp tells it. Default: none. */
  readonly service?: string | undefined;
  readonly method: MethodType<Input, Output>;
  readonly codec: Codec;
  readonly metadata: Metadata;
  /** Milliseconds since the epoch. */
  readonly deadline: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** Largest message accepted, in bytes after inflating. */
  readonly maxMessageBytes: number;
  /** How requests are compressed, if they are; answers may be compressed then, too. */
  readonly compression?: Compression | undefined;
  /** Connect: call by GET what has no side effects, so that it can be cached. */
  readonly useGet?: boolean | undefined;
  /** Called once, before the first message. */
  onHeader?(header: Metadata): void;
  /** Called once, after the last message or with the error. */
  onTrailer?(trailer: Metadata): void;
}

/** Who waits for the answer of a unary call: one of the two is called, once, perhaps before the call has returned. */
export interface UnaryWaiter<Output> {
  resolve(message: Output): void;
  reject(reason: unknown): void;
}

/**
 * What a protocol gives the client for one node. All four kinds of call are built on these two; both fail with
 * MicroError. `unsent` errors (see `isUnsent`) are those where the peer has certainly not seen the call.
 */
export interface Channel {
  unary<Input, Output>(call: ChannelCall<Input, Output>, request: MessageInit<Input>): Promise<Output>;
  /** {@link unary} without a promise, for channels whose calls cost so little that one more matters. May throw. */
  unaryTo?<Input, Output>(
    call: ChannelCall<Input, Output>,
    request: MessageInit<Input>,
    waiter: UnaryWaiter<Output>,
  ): void;
  stream<Input, Output>(
    call: ChannelCall<Input, Output>,
    requests: AsyncIterable<MessageInit<Input>>,
  ): AsyncIterable<Output>;
  /** True once no new call may be started here (GOAWAY, connection lost): the client drops it and dials anew. */
  readonly closed: boolean;
  close(): Promise<void>;
}

/** How a client opens the channel of a protocol to one node. */
export interface ChannelOpener {
  /** `grpc`, `connect`, `grpc-web`, `json`: what nodes register under `protocols`. */
  readonly name: string;
  /** Rejects with an `unsent` MicroError 503 naming the address when the node cannot be reached in time. */
  open(address: string, options: DialOptions): Promise<Channel>;
}

const UNSENT = Symbol.for("@micro-service/runtime/unsent");

const LOST = Symbol.for("@micro-service/runtime/lost");

/** Marks an error as "the node or the way to it failed, not the call". */
export function markLost<E extends Error>(error: E): E {
  return Object.defineProperty(error, LOST, { value: true });
}

/**
 * True for errors that speak against the node: it could not be reached, or the connection broke. Told by a mark that only
 * the channel makes and no wire carries: id and code may be those of a call that the node itself made.
 */
export function isNodeFailure(error: unknown): boolean {
  return isUnsent(error) || (isObject(error) && error[LOST] === true);
}

/** Marks an error as "the peer has not seen the call", which makes any call safe to send again. */
export function markUnsent<E extends Error>(error: E): E {
  return Object.defineProperty(error, UNSENT, { value: true });
}

export function isUnsent(error: unknown): boolean {
  return isObject(error) && error[UNSENT] === true;
}

const REFUSED = Symbol.for("@micro-service/runtime/refused");

/** Marks an error as "the peer was reached and did not take the call". What it did with it is its word alone. */
export function markRefused<E extends Error>(error: E): E {
  return Object.defineProperty(markUnsent(error), REFUSED, { value: true });
}

/** True for those `unsent` errors that a peer can cause at will, call after call. */
export function isRefused(error: unknown): boolean {
  return isObject(error) && error[REFUSED] === true;
}

function isObject(value: unknown): value is Record<symbol, unknown> {
  return typeof value === "object" && value !== null;
}
