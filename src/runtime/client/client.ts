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

/** How one call is made; what is not given comes from the client, or from the running handler. */
export interface CallOptions {
  /**
   * Overall time for all attempts. Default 5000 for unary calls; a shorter deadline of the running handler wins. A
   * stream has no overall limit unless given one here or by the running handler: only finding and reaching a node is
   * limited to the default.
   */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly metadata?: MetadataInit;
  /** Call this `host:port` instead of asking the selector. */
  readonly address?: string;
  /** Attempts after the first. Default 1. Only safe ones are made: see `retry.ts`. */
  readonly retries?: number;
  /** `grpc`, `json` or `direct`. Default: the best wire the node offers. */
  readonly protocol?: string;
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
  close(): Promise<void>;
}
