export type { Broker, BrokerMessage, Event, EventHandler, SubscribeOptions, Subscription } from "./broker.ts";
export { createMemoryBroker, type MemoryBrokerOptions } from "./memory.ts";
