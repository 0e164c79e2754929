/** An event on its way: the header names what the body is (`Content-Type`, `Micro-Topic`, `Micro-Id`, metadata). */
export interface BrokerMessage {
  readonly header: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A message and the topic it came by. */
export interface Event {
  readonly topic: string;
  readonly message: BrokerMessage;
}

/** How a subscription takes part. */
export interface SubscribeOptions {
  /** Subscribers with the same queue share the events: each event reaches one of them. Without: everyone gets all. */
  readonly queue?: string | undefined;
}

/** What `subscribe` gives, to end it. */
export interface Subscription {
  readonly topic: string;
  readonly queue: string | undefined;
  /**
   * Tells publishers to send no more; what they send until they hear of it still arrives, until `unsubscribe`. Only where
   * publishers need time to hear of it.
   */
  leave?(): Promise<void>;
  /** No event published from now on arrives; events taken before may still. Doing it again changes nothing. */
  unsubscribe(): Promise<void>;
}

/** Rejecting is logged; whether the event comes again is the broker's promise (`delivery`). */
export type EventHandler = (event: Event) => Promise<void> | void;

/**
 * Carries events from publishers to subscribers.
 *
 * Contract, proven for every implementation by `test/contract/broker.ts`:
 * - `publish` resolves when the broker took the message; a topic nobody listens to is no error.
 * - Each subscription without a queue gets every event published after `subscribe` resolved, in the order of one
 *   publisher; of the subscriptions sharing a queue exactly one gets each event.
 * - A handler that fails does not disturb other subscribers or the publisher.
 * - `close` unsubscribes everything and leaves no timer or socket. It waits for running handlers.
 */
export interface Broker {
  readonly name: string;
  readonly address: string;
  /** What a subscriber may rely on when something breaks. */
  readonly delivery: "at-most-once" | "at-least-once";
  /** Opens what it needs; called before the first publish or subscribe. Doing it again changes nothing. */
  connect(): Promise<void>;
  publish(topic: string, message: BrokerMessage): Promise<void>;
  subscribe(topic: string, handler: EventHandler, options?: SubscribeOptions): Promise<Subscription>;
  close(): Promise<void>;
}
