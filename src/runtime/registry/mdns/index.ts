export { createMdnsRegistry, type MdnsRegistryOptions } from "./create-mdns-registry.ts";
