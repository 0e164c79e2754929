import type { Registry } from "./registry.ts";

/** A registry in a message: `etcd (127.0.0.1:2379)`, `memory`. */
export function describeRegistry({ name, address }: Pick<Registry, "name" | "address">): string {
  return address === "" ? name : `${name} (${address})`;
}
