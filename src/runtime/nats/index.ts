export { createNatsLink, type NatsLink, type NatsMessage, type NatsOptions } from "./nats-link.ts";
