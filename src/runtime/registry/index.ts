export { type Clock, sleep, systemClock } from "./clock.ts";
export { describeRegistry } from "./describe-registry.ts";
export { isDialable } from "./dialable.ts";
export { createMemoryRegistry, type MemoryRegistryOptions } from "./memory.ts";
export {
  formatAddress,
  type HostPort,
  isLoopbackHost,
  isWildcardHost,
  parseAddress,
  toNodeAddress,
} from "./node-address.ts";
export { keepRegistered, type Registration, type RegistrationOptions } from "./registration.ts";
export type { LookupOptions, RegisterOptions, Registry, RegistryEvent } from "./registry.ts";
export type { Endpoint, Node, Service, Value } from "./service.ts";
