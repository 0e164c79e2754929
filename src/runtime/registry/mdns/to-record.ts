import { formatAddress } from "../node-address.ts";
import { isPlainText } from "../plain-text.ts";
import type { Service } from "../service.ts";
import { instanceId } from "./names.ts";
import type { Neighbourhood } from "./neighbourhood.ts";
import type { HeardInstance } from "./node-records.ts";
import type { ReadingBudget } from "./reading-budget.ts";
import { decodeText } from "./txt.ts";

/**
 * The one-node record an instance stands for; undefined when it is incomplete, its text is none or speaks of another
 * service, or its sender may not name such an address or has given us too much to read. Of several addresses the first that is allowed counts.
 */
export function toRecord(
  instance: HeardInstance,
  sender: string,
  neighbourhood: Neighbourhood,
  domain: string,
  budget: ReadingBudget,
): Service | undefined {
  const ip = allowedAddress(instance, sender, neighbourhood);
  if (ip === undefined || instance.port === 0 || instance.text === undefined) return undefined;
  const text = decodeText(
    instance.text,
    (bytes) => neighbourhood.isLocal(sender) || budget.take(sender, bytes),
  );
  if (text === undefined) return undefined;
  const id = instanceId(instance.name, text.service, domain);
  if (id === undefined || !isPlainText(id)) return undefined;
  const address = formatAddress(ip, instance.port);
  return {
    name: text.service,
    version: text.version,
    metadata: {},
    endpoints: text.endpoints,
    nodes: [{ id, address, metadata: text.metadata }],
  };
}

/** Where the node is, if its sender may say so. */
export function allowedAddress(
  instance: HeardInstance,
  sender: string,
  neighbourhood: Neighbourhood,
): string | undefined {
  return instance.addresses.find((address) => neighbourhood.allows(address, sender));
}
