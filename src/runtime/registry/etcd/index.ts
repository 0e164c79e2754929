export { createEtcdRegistry, type EtcdRegistryOptions } from "./create-etcd-registry.ts";
export type { EtcdTls } from "./gateway.ts";
