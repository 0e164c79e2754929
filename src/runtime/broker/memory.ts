import { unavailable } from "../errors/index.ts";
import type { Broker } from "./broker.ts";
import { createSubscriptions } from "./subscriptions.ts";

/** Settings of {@link createMemoryBroker}. */
export interface MemoryBrokerOptions {
  /** Gets one line per event that was lost or whose handler failed. Default: nobody. */
  readonly onProblem?: ((line: string) => void) | undefined;
}

/**
 * Carries events inside one process; give the same one to all services that shall hear each other. Handlers run after
 * `publish` has resolved, one event at a time per subscription. A subscription that is 1024 events or 16 MiB behind
 * loses the newest.
 */
export function createMemoryBroker({ onProblem = () => {} }: MemoryBrokerOptions = {}): Broker {
  const subscriptions = createSubscriptions({ onProblem });
  let closed = false;
  const check = () => {
    if (closed) throw unavailable("go.micro.broker", "the memory broker is closed");
  };

  return {
    name: "memory",
    address: "",
    delivery: "at-most-once",
    async connect() {
      check();
    },
    async publish(topic, message) {
      check();
      const event = { topic, message };
      for (const group of subscriptions.groups) {
        if (group.topic === topic) subscriptions.deliver(group, event);
      }
    },
    async subscribe(topic, handler, options = {}) {
      check();
      return subscriptions.add(topic, handler, options.queue).subscription;
    },
    async close() {
      closed = true;
      await subscriptions.close();
    },
  };
}
