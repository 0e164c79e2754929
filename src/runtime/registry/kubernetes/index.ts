export { createKubernetesRegistry, type KubernetesRegistryOptions } from "./create-kubernetes-registry.ts";
