export { createNatsRegistry, type NatsRegistryOptions } from "./create-nats-registry.ts";
