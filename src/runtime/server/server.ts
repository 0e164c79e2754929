import type { Context } from "../context/index.ts";
import type {
  AnyMethod,
  BidiStreamMethod,
  ClientStreamMethod,
  MessageInit,
  MessageType,
  ServerStreamMethod,
  ServiceType,
  UnaryMethod,
} from "../protobuf/index.ts";
import type { Dispatcher } from "../protocol/index.ts";

type Awaitable<T> = T | Promise<T>;

/** What a handler has to implement for a method. */
export type MethodHandler<Method> =
  Method extends UnaryMethod<infer I, infer O>
    ? (request: I, context: Context) => Awaitable<MessageInit<O>>
    : Method extends ServerStreamMethod<infer I, infer O>
      ? (request: I, context: Context) => AsyncIterable<MessageInit<O>>
      : Method extends ClientStreamMethod<infer I, infer O>
        ? (requests: AsyncIterable<I>, context: Context) => Awaitable<MessageInit<O>>
        : Method extends BidiStreamMethod<infer I, infer O>
          ? (requests: AsyncIterable<I>, context: Context) => AsyncIterable<MessageInit<O>>
          : never;

/** An object or class instance with a method for each one of the service. */
export type Handler<Methods> = { [Name in keyof Methods]: MethodHandler<Methods[Name]> };

/** What an interceptor sees of a call; `next` continues with it. */
export interface ServerCall {
  readonly method: AnyMethod;
  readonly context: Context;
  /** One message for unary and server streaming, else an async iterable. */
  readonly request: unknown;
}

/** First listed is outermost. Resolves to a message (unary, client streaming) or an async iterable of them. */
export type ServerInterceptor = (
  next: (call: ServerCall) => Promise<unknown>,
) => (call: ServerCall) => Promise<unknown>;

/** How a service is shown on the registry. */
export interface HandleOptions {
  /** Extra endpoint metadata in the registry, per handler method name. */
  readonly metadata?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Not advertised in the registry: what every service has (debug, health, reflection). */
  readonly internal?: boolean;
}

/** How a subscriber takes part; `queue` as in `SubscribeOptions` of the broker. */
export interface SubscriberOptions {
  readonly queue?: string;
}

/** A method as the server knows it. */
export interface RegisteredMethod {
  /** `Greeter.Hello`. */
  readonly endpoint: string;
  readonly method: AnyMethod;
  readonly internal: boolean;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A subscription as the server knows it. */
export interface RegisteredSubscriber {
  /** Name of the handler function, `Func` when it has none: its endpoint name on the registry. */
  readonly name: string;
  readonly topic: string;
  readonly queue: string | undefined;
  /** Full proto name of what the topic carries. */
  readonly typeName: string;
}

/** Takes calls for the handlers it was given. */
export interface Server {
  /**
   * Adds a service. Throws when the same full name is added twice. Two services with the same short name are fine
   * until somebody calls the short form, which then fails naming both. An internal service makes way for the
   * application's own of the same name.
   */
  handle<Methods extends Readonly<Record<keyof Methods, AnyMethod>>>(
    service: ServiceType<Methods>,
    handler: Handler<Methods>,
    options?: HandleOptions,
  ): void;
  /** Delivers events of a topic, decoded, with the same context and interceptors as calls. */
  subscribe<T>(
    topic: string,
    type: MessageType<T>,
    handler: (message: T, context: Context) => Awaitable<void>,
    options?: SubscriberOptions,
  ): void;
  readonly methods: readonly RegisteredMethod[];
  readonly subscribers: readonly RegisteredSubscriber[];
  /** What takes calls of the same process: give it to `localService` of a client. */
  readonly dispatcher: Dispatcher;
  /** `host:port` really bound; undefined before `start` and without a listener. */
  readonly address: string | undefined;
  start(): Promise<void>;
  /** Before `stop`, while callers and publishers still hear that we go: tells the broker's publishers. */
  leave?(): Promise<void>;
  /** Stops accepting, says goodbye (GOAWAY, Connection: close), waits for running calls, then cancels them. */
  stop(options?: { readonly graceMs?: number }): Promise<void>;
}
