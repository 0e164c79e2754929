import type { Broker, Event, Subscription } from "../broker/index.ts";
import { CallContext, type Peer } from "../context/index.ts";
import { internalServerError, type MicroError } from "../errors/index.ts";
import type { AnyMethod, MessageType } from "../protobuf/index.ts";
import {
  type Dispatcher,
  decodeEvent,
  metadataFromHeaders,
  type Route,
  type RunningCall,
} from "../protocol/index.ts";
import { createRoute, type HandlerLimit } from "./method-route.ts";
import type { RegisteredSubscriber, ServerInterceptor } from "./server.ts";

/** One `subscribe` of a server. */
export interface TopicSubscriber extends RegisteredSubscriber {
  readonly type: MessageType<unknown>;
  readonly handler: (message: unknown, context: CallContext) => unknown;
}

const PEER: Peer = { address: "", protocol: "event" };

/** Delivers events of the broker to the subscribers of a server, with the same context and interceptors as calls. */
export class Subscriptions {
  readonly #dispatcher: Dispatcher;
  readonly #interceptors: readonly ServerInterceptor[];
  readonly #limit: HandlerLimit;
  readonly #subscribers: TopicSubscriber[] = [];
  #active: Subscription[] = [];

  constructor(dispatcher: Dispatcher, interceptors: readonly ServerInterceptor[], limit: HandlerLimit) {
    this.#dispatcher = dispatcher;
    this.#interceptors = interceptors;
    this.#limit = limit;
  }

  get all(): readonly RegisteredSubscriber[] {
    return this.#subscribers;
  }

  add(subscriber: TopicSubscriber): void {
    this.#subscribers.push(subscriber);
  }

  async start(broker: Broker | undefined): Promise<void> {
    if (this.#subscribers.length === 0) return;
    if (broker === undefined) {
      throw internalServerError(this.#dispatcher.serviceName, "the server has subscribers but no broker");
    }
    for (const subscriber of this.#subscribers) {
      const route = this.#routeOf(subscriber);
      const { topic, queue } = subscriber;
      this.#active.push(
        await broker.subscribe(
          topic,
          (event) => this.#deliver(event, route),
          queue === undefined ? {} : { queue },
        ),
      );
    }
  }

  /** No more events, except those that publishers send before they hear of it. */
  async leave(): Promise<void> {
    await Promise.all(
      this.#active.map((subscription) =>
        subscription.leave === undefined ? subscription.unsubscribe() : subscription.leave(),
      ),
    );
  }

  async stop(): Promise<void> {
    const active = this.#active;
    this.#active = [];
    await Promise.all(active.map((subscription) => subscription.unsubscribe()));
  }

  /** For interceptors an event looks like a unary method of the service, named by its topic. */
  #routeOf(subscriber: TopicSubscriber): Route {
    const method: AnyMethod = {
      name: subscriber.topic,
      kind: "unary",
      service: "",
      input: subscriber.type,
      output: subscriber.type,
      idempotency: "unknown",
    };
    return createRoute(method, subscriber.handler as never, this.#interceptors, this.#limit);
  }

  /** Rejects when the handler fails: what happens to the event then is the broker's promise. */
  async #deliver(event: Event, route: Route): Promise<void> {
    const context = new CallContext({
      method: event.topic,
      peer: PEER,
      deadline: undefined,
      metadata: () => metadataFromHeaders(lowerCased(event.message.header)),
    });
    const call: RunningCall = { cancel: (reason: MicroError) => context.cancel(reason) };
    this.#dispatcher.begin(call);
    try {
      await route.unary(decodeEvent(route.method.input, event.message), context);
    } catch (error) {
      throw this.#dispatcher.errorFor(error, event.topic, context);
    } finally {
      this.#dispatcher.end(call);
    }
  }
}

function lowerCased(header: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(header).map(([name, value]) => [name.toLowerCase(), value]));
}
