import type { Metadata, MetadataInit } from "../metadata/index.ts";
import type {
  AnyMethod,
  BidiStreamMethod,
  ClientStreamMethod,
  MessageInit,
  MessageType,
  ServerStreamMethod,
  UnaryMethod,
} from "../protobuf/index.ts";
import type { Selection } from "../selector/index.ts";
import type { CallPolicy } from "./policy.ts";
import type { Uses } from "./uses.ts";

/** How one call is made; what is not given comes from its method's options, the client, or the running handler. */
export interface CallOptions extends CallPolicy {
  readonly signal?: AbortSignal;
  readonly metadata?: MetadataInit;
  /** Call this `host:port` instead of asking the selector. */
  readonly address?: string;
  /** `grpc`, `connect`, `grpc-web`, `json` or `direct`. Default: the best wire the node offers. */
  readonly protocol?: string;
  /** How requests are compressed: `gzip`, `br`, `zstd` (Node 22.15) or `identity`. Default: the client's, which is not at all. */
  readonly compression?: string;
  /** Connect: call by GET, which can be cached, when the schema says the method has no side effects. */
  readonly useGet?: boolean;
  /** `application/protobuf` (default) or `application/json`. */
  readonly contentType?: string;
  readonly filter?: (candidate: Selection) => boolean;
  onHeader?(header: Metadata): void;
  onTrailer?(trailer: Metadata): void;
}

/** How one event is published. */
export interface PublishOptions {
  readonly metadata?: MetadataInit;
  readonly contentType?: string;
}

/** What an interceptor sees of a call; `next` continues with the call it is given. */
export interface ClientCall {
  readonly service: string;
  readonly method: AnyMethod;
  readonly metadata: Metadata;
  readonly deadline: number | undefined;
  readonly signal: AbortSignal | undefined;
  /** One message for unary and server streaming, else an async iterable. */
  readonly request: unknown;
}

/** First listed is outermost. Resolves to a message (unary, client streaming) or an async iterable of them. */
export type ClientInterceptor = (
  next: (call: ClientCall) => Promise<unknown>,
) => (call: ClientCall) => Promise<unknown>;

/** What an interceptor sees of an event; `next` continues with the event it is given. */
export interface PublishCall {
  readonly topic: string;
  readonly type: MessageType<unknown>;
  readonly message: unknown;
  readonly metadata: Metadata;
  readonly contentType: string;
}

/** First listed is outermost. Resolves when the broker has taken the event. */
export type PublishInterceptor = (
  next: (event: PublishCall) => Promise<void>,
) => (event: PublishCall) => Promise<void>;

/**
 * Calls services by name. Generated clients are one line per method on top of this. `service` is the name on the
 * registry, `go.micro.srv.greeter`. All methods fail with MicroError.
 */
export interface Client {
  unary<I, O>(
    service: string,
    method: UnaryMethod<I, O>,
    request: MessageInit<I>,
    options?: CallOptions,
  ): Promise<O>;
  serverStream<I, O>(
    service: string,
    method: ServerStreamMethod<I, O>,
    request: MessageInit<I>,
    options?: CallOptions,
  ): AsyncIterable<O>;
  clientStream<I, O>(
    service: string,
    method: ClientStreamMethod<I, O>,
    requests: AsyncIterable<MessageInit<I>>,
    options?: CallOptions,
  ): Promise<O>;
  bidiStream<I, O>(
    service: string,
    method: BidiStreamMethod<I, O>,
    requests: AsyncIterable<MessageInit<I>>,
    options?: CallOptions,
  ): AsyncIterable<O>;
  publish<T>(
    topic: string,
    type: MessageType<T>,
    message: MessageInit<T>,
    options?: PublishOptions,
  ): Promise<void>;
  /** What generated clients say they call; a service tells it on the registry. Absent: nobody notes it. */
  readonly uses?: Uses;
  close(): Promise<void>;
}
