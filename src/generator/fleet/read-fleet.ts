import { type Connection, LiveError, type ServiceRecord } from "../live/index.ts";
import { type NodeUses, parseNodeUses } from "./node-uses.ts";

/** Nodes of one service and version that say the same. */
export interface FleetMember {
  readonly name: string;
  readonly version: string;
  readonly nodes: number;
  readonly uses: NodeUses;
}

/** Everybody on a registry, at one moment. */
export interface Fleet {
  readonly records: readonly ServiceRecord[];
  readonly members: readonly FleetMember[];
}

/** Look-ups at the same time. */
const parallel = 16;

/**
 * Looks every service of a registry up. One that cannot be looked up fails the whole: a fleet with holes is none.
 *
 * @throws LiveError
 */
export async function readFleet({ registry }: Connection, signal: AbortSignal): Promise<Fleet> {
  try {
    const names = [...new Set((await registry.listServices({ signal })).map(({ name }) => name))].sort();
    const records: ServiceRecord[] = [];
    for (let start = 0; start < names.length; start += parallel) {
      const found = names.slice(start, start + parallel).map((name) => registry.getService(name, { signal }));
      records.push(...(await Promise.all(found)).flat());
    }
    return { records, members: membersOf(records) };
  } catch (error) {
    if (signal.aborted && (signal.reason as Error | undefined)?.name !== "TimeoutError") throw signal.reason;
    const { detail } = error as { readonly detail?: unknown };
    const why = signal.aborted
      ? "it takes too long"
      : typeof detail === "string"
        ? detail
        : (error as Error).message;
    throw new LiveError("unreachable", `Cannot ask the registry ${registry.name} who runs: ${why}.`, {
      cause: error,
    });
  }
}

function membersOf(records: readonly ServiceRecord[]): FleetMember[] {
  const members = new Map<string, FleetMember>();
  for (const { name, version, nodes } of records) {
    for (const { metadata } of nodes) {
      // Where an HTTP broker delivers events: part of a service that has a record of its own.
      if (metadata.broker === "http" && metadata.topic !== undefined) continue;
      const key = JSON.stringify([name, version, metadata.uses]);
      const known = members.get(key);
      const count = (known?.nodes ?? 0) + 1;
      members.set(key, { name, version, nodes: count, uses: known?.uses ?? parseNodeUses(metadata.uses) });
    }
  }
  return [...members.values()];
}
