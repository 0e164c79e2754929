export type { LookupOptions, RegisterOptions, Registry, RegistryEvent } from "./registry.ts";
export type { Endpoint, Node, Service, Value } from "./service.ts";
