import type { Broker } from "../broker/index.ts";
import type { Registry } from "../registry/index.ts";

/** The registry as one process sees it: what the process does after its death has no effect, and is no error. */
export function mortalRegistry(registry: Registry, death: AbortSignal): Registry {
  return {
    ...registry,
    async register(service, options) {
      if (!death.aborted) await registry.register(service, options);
    },
    async deregister(service) {
      if (!death.aborted) await registry.deregister(service);
    },
    // It belongs to the network.
    async close() {},
  };
}

/** The broker as one process sees it: events that reach a dead process are lost, and it publishes none. */
export function mortalBroker(broker: Broker, death: AbortSignal): Broker {
  return {
    ...broker,
    async publish(topic, message) {
      if (!death.aborted) await broker.publish(topic, message);
    },
    subscribe: (topic, handler, options) =>
      broker.subscribe(topic, (event) => (death.aborted ? undefined : handler(event)), options),
    async close() {},
  };
}
