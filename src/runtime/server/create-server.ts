import type { Broker } from "../broker/index.ts";
import { createJsonCodec } from "../codec/index.ts";
import type { Context } from "../context/index.ts";
import { describeReason, unavailable } from "../errors/index.ts";
import type { Http2Engine } from "../http2/index.ts";
import type { MessageType, TypeRegistry } from "../protobuf/index.ts";
import { type CorsOptions, type Dispatcher, type Pages, UnfoldTurns } from "../protocol/index.ts";
import { type Clock, systemClock } from "../registry/index.ts";
import type { Transport } from "../transport/index.ts";
import { errorForCaller } from "./failure.ts";
import { type BoundHandler, createRoute } from "./method-route.ts";
import { Router, shortNameOf } from "./router.ts";
import { RunningCalls } from "./running-calls.ts";
import type { RegisteredMethod, Server, ServerInterceptor } from "./server.ts";
import { Subscriptions } from "./subscriptions.ts";
import { openWires, type Wires } from "./wires.ts";

/** gRPC's and go-micro's limit. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** Below Kubernetes' 30 s between SIGTERM and SIGKILL. */
const GRACE_MS = 25_000;
/** Answers are written; connections that do not close by themselves within this time are cut. */
const FLUSH_MS = 1000;
/** How long callers who cannot be told goodbye are served on, after they should have heard of our leaving. */
const QUIET_MS = 2000;
/** Longer than anything a caller sits and waits for, short enough that what hangs does not pile up for days. */
export const MAX_HANDLER_MS = 600_000;

/** Settings of {@link createServer}. */
export interface ServerOptions {
  /** Name on the registry, `go.micro.srv.greeter`; it becomes the id of the errors the server makes. */
  readonly name: string;
  /** `host:port`; `:0` (default) for any free port on all interfaces. */
  readonly address?: string | undefined;
  /** Where to listen. Without one the server answers calls of its own process only. */
  readonly transport?: Transport | undefined;
  /** First listed is outermost. */
  readonly interceptors?: readonly ServerInterceptor[] | undefined;
  /** Where `subscribe` listens. The server neither connects nor closes it. */
  readonly broker?: Broker | undefined;
  /** What `google.protobuf.Any` may hold in JSON, as `typeRegistry` makes it. Default: nothing, an Any is refused there. */
  readonly types?: TypeRegistry | undefined;
  /** Largest message taken, after inflating. Default 4 MiB. */
  readonly maxMessageBytes?: number | undefined;
  /** How long a request may take to arrive; streams of requests may take longer. Default 60000. */
  readonly requestArrivalTimeoutMs?: number | undefined;
  /**
   * How long the answer of a call may wait without its caller taking any of it (so many times, for each MiB that
   * waits); then the call is cancelled. 0 is for ever. Default 60000.
   */
  readonly stallTimeoutMs?: number | undefined;
  /** Calls worked on at once, of all kinds; further ones are refused with 503 and a hint when to come again. Default 10000. */
  readonly maxConcurrentCalls?: number | undefined;
  /** Longest a unary handler may work, whatever deadline its caller sets or leaves out. Default 600000. */
  readonly maxHandlerMs?: number | undefined;
  /**
   * How long a handler whose caller left (it cancelled, or its deadline passed) may ignore its signal and keep its place
   * among `maxConcurrentCalls`. Default 60000.
   */
  readonly abandonedHandlerMs?: number | undefined;
  /** False makes `/readyz` answer 503. Default: ready from `start` until `stop`. */
  readonly isReady?: (() => boolean) | undefined;
  /** Which web pages of other origins may call from their users' browsers. Default: none. */
  readonly cors?: CorsOptions | undefined;
  /** What is shown to a GET beside the calls, by path: `/metrics`. */
  readonly pages?: Pages | undefined;
  /** HTTP/2. Default: node:http2. */
  readonly http2?: Http2Engine | undefined;
  /** Default: standard error. */
  readonly logger?: ServerLogger | undefined;
  /** Default: the system's. Connections keep to the system's in any case. */
  readonly clock?: Clock | undefined;
}

/** Where unexpected exceptions of handlers go; one call is one line. `fields.error` is what was thrown, as it was. */
export interface ServerLogger {
  error(line: string, fields?: Readonly<Record<string, unknown>>): void;
}

const stderrLogger: ServerLogger = {
  error: (line, { error } = {}) => console.error(describeReason(`${line} ${describeReason(error ?? "")}`)),
};

/** Puts a server together. Nothing is opened before `start`. */
export function createServer(options: ServerOptions): Server {
  const { name } = options;
  const interceptors = options.interceptors ?? [];
  const logger = options.logger ?? stderrLogger;
  const router = new Router(name);
  const clock = options.clock ?? systemClock;
  const { maxConcurrentCalls, abandonedHandlerMs } = options;
  const running = new RunningCalls({
    serviceName: name,
    maxConcurrentCalls,
    abandonedHandlerMs,
    onAbandoned(line) {
      try {
        logger.error(line);
      } catch {
        // It is told from a timer: nobody is there to catch what a logger throws.
      }
    },
    clock,
  });
  const limit = { maxMs: options.maxHandlerMs ?? MAX_HANDLER_MS, clock, serviceName: name };
  /** By the full name of their service. */
  const methods = new Map<string, RegisteredMethod[]>();
  const dispatcher: Dispatcher = {
    serviceName: name,
    maxMessageBytes: options.maxMessageBytes ?? MAX_MESSAGE_BYTES,
    unfoldTurns: new UnfoldTurns(),
    jsonCodec: options.types === undefined ? undefined : createJsonCodec(options.types),
    route(path) {
      const route = router.route(path);
      // Whoever looks after a busy server must still get an answer.
      if (running.isFull && !router.isInternal(route)) throw running.refusal();
      return route;
    },
    begin: (call) => running.begin(call),
    leave: (call, path) => running.leave(call, path),
    end: (call) => running.end(call),
    errorFor: (reason, path, context) => errorForCaller(reason, name, path, logger, context),
  };
  const subscriptions = new Subscriptions(dispatcher, interceptors, limit);
  let wires: Wires | undefined;
  let ready = false;

  return {
    handle(service, handler, handleOptions = {}) {
      const handlers = handler as Readonly<Record<string, unknown>>;
      const { internal = false, metadata = {} } = handleOptions;
      const entries = Object.entries(service.methods as Record<string, RegisteredMethod["method"]>);
      const routes = entries.map(([key, method]) =>
        createRoute(method, boundHandler(handlers, key, service.typeName), interceptors, limit),
      );
      if (!router.add(service.typeName, routes, internal)) return;
      const registered = entries.map(([key, method]): RegisteredMethod => {
        const endpoint = `${shortNameOf(service.typeName)}.${method.name}`;
        return { endpoint, method, internal, metadata: metadata[key] ?? {} };
      });
      methods.set(service.typeName, registered);
    },
    subscribe(topic, type, handler, subscribeOptions = {}) {
      subscriptions.add({
        name: handler.name || "Func",
        topic,
        typeName: type.typeName,
        queue: subscribeOptions.queue,
        type: type as MessageType<unknown>,
        handler: handler as (message: unknown, context: Context) => unknown,
      });
    },
    get methods() {
      return [...methods.values()].flat();
    },
    get subscribers() {
      return subscriptions.all;
    },
    dispatcher,
    get address() {
      return wires?.address;
    },
    async start() {
      const { transport } = options;
      if (transport !== undefined) {
        wires = await openWires(transport, options.address ?? ":0", {
          ...options,
          dispatcher,
          isReady: () => ready && (options.isReady?.() ?? true),
        });
      }
      await subscriptions.start(options.broker);
      ready = true;
    },
    leave: () => subscriptions.leave(),
    async stop(stopOptions = {}) {
      ready = false;
      const deadline = clock.now() + (stopOptions.graceMs ?? GRACE_MS);
      const graceLeft = () => Math.max(0, deadline - clock.now());
      const open = wires;
      await Promise.all([open?.close(), subscriptions.leave()]);
      wires = undefined;
      await settledWithin(Promise.resolve(open?.quiet()), Math.min(QUIET_MS, graceLeft()), clock);
      const closed = Promise.resolve(open?.drain());
      await running.whenIdle(graceLeft());
      // Last: publishers that have not heard yet lose nothing as long as we are here.
      await subscriptions.stop();
      await running.whenIdle(graceLeft());
      running.cancelAll(unavailable(name, "the server is shutting down"));
      running.stop();
      await settledWithin(closed, FLUSH_MS, clock);
      open?.destroy();
    },
  };
}

/** Methods of class instances keep their `this`. Throws TypeError naming what the handler lacks. */
function boundHandler(
  handlers: Readonly<Record<string, unknown>>,
  key: string,
  typeName: string,
): BoundHandler {
  const method = handlers[key];
  if (typeof method !== "function") throw new TypeError(`the handler of ${typeName} has no method ${key}`);
  return method.bind(handlers) as BoundHandler;
}

async function settledWithin(work: Promise<unknown>, ms: number, clock: Clock): Promise<void> {
  let stopTimer: (() => void) | undefined;
  const late = new Promise<void>((resolve) => {
    stopTimer = clock.after(ms, resolve);
  });
  await Promise.race([work, late]);
  stopTimer?.();
}
