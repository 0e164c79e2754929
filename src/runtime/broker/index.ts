export type { Broker, BrokerMessage, Event, EventHandler, SubscribeOptions, Subscription } from "./broker.ts";
