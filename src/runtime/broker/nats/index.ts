export { createNatsBroker, type NatsBrokerOptions } from "./create-nats-broker.ts";
