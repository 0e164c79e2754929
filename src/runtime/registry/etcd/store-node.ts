import { serviceToJson } from "../record-json.ts";
import type { Service } from "../service.ts";
import type { Gateway } from "./gateway.ts";
import { nodeKey, toBase64 } from "./keys.ts";

/** The leases of the nodes this process registered, by key. */
export type Leases = Map<string, string>;

/**
 * Writes a one-node record, or renews it: the lease found at the key is kept alive, a lost one replaced, and the value
 * written only when it or its lease differs, so that a renewal is no event for watchers.
 */
export async function storeNode(
  gateway: Gateway,
  leases: Leases,
  record: Service,
  ttlMs: number | undefined,
): Promise<void> {
  const key = nodeKey(record.name, record.nodes[0]!.id);
  const lease = ttlMs === undefined ? "0" : await keepLease(gateway, leases, key, ttlMs);
  if (lease === "0") leases.delete(key);
  else leases.set(key, lease);
  const stored = { key: toBase64(key), value: toBase64(JSON.stringify(serviceToJson(record))), lease };
  await gateway.call("/kv/txn", {
    compare: [
      { key: stored.key, target: "VALUE", value: stored.value },
      { key: stored.key, target: "LEASE", lease },
    ],
    failure: [{ request_put: stored }],
  });
}

/** The id of a lease that lives for at least another term. */
async function keepLease(gateway: Gateway, leases: Leases, key: string, ttlMs: number): Promise<string> {
  const known = leases.get(key) ?? (await adoptLease(gateway, key));
  if (known !== undefined && (await isKept(gateway, known))) return known;
  const granted = await gateway.call("/lease/grant", { TTL: String(Math.max(1, Math.ceil(ttlMs / 1_000))) });
  return String(granted.ID);
}

/** After a restart under the same id, the lease of the run before, as go-micro does. */
async function adoptLease(gateway: Gateway, key: string): Promise<string | undefined> {
  const answer = await gateway.call("/kv/range", { key: toBase64(key), keys_only: true });
  const found = Array.isArray(answer.kvs) ? (answer.kvs[0] as { lease?: string } | undefined) : undefined;
  return found?.lease;
}

async function isKept(gateway: Gateway, lease: string): Promise<boolean> {
  const answer = await gateway.call("/lease/keepalive", { ID: lease });
  const result = answer.result as { TTL?: string } | undefined;
  return Number(result?.TTL ?? 0) > 0;
}
