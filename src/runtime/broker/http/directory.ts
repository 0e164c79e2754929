import type { Node, Registry, RegistryEvent } from "../../registry/index.ts";
import { BROADCAST, DIALECTS, type Dialect } from "./dialect.ts";
import { createRoster } from "./roster.ts";

/** A node that listens, and how it wants to be spoken to. */
export interface Subscriber {
  readonly node: Node;
  readonly dialect: Dialect;
}

/** Who listens to a topic: everyone of `broadcast`, one of each queue. */
export interface Audience {
  readonly broadcast: readonly Subscriber[];
  readonly queues: readonly (readonly Subscriber[])[];
}

/** The subscribers of all dialects. */
export interface Directory {
  /** Nobody is in it twice. Rejects with the registry's error when it never answered. */
  audience(topic: string): Promise<Audience>;
  /** Takes over a change the registry has accepted but may not have told yet. */
  apply(event: RegistryEvent): void;
  /** Something said is not true any more: asks the registry again, at most once a second. */
  doubt(): void;
  close(): void;
}

/** One of us registers in each dialect, under the same id and address: it counts in the first one that tells of it. */
const identityOf = ({ id, address }: Node): string => `${address} ${id}`;

export function createDirectory(
  registry: Registry,
  mayDial?: ((address: string) => boolean) | undefined,
): Directory {
  const rosters = DIALECTS.map((dialect) => ({
    dialect,
    roster: createRoster(registry, dialect.serviceName, mayDial),
  }));

  return {
    async audience(topic) {
      const found = await Promise.all(
        rosters.map(async ({ dialect, roster }) => ({ dialect, nodes: await roster.subscribers(topic) })),
      );
      const byVersion = new Map<string, Map<string, Subscriber>>();
      for (const { dialect, nodes } of found) {
        for (const [version, listening] of nodes) {
          const known = byVersion.get(version) ?? new Map<string, Subscriber>();
          byVersion.set(version, known);
          for (const node of listening) {
            const identity = identityOf(node);
            if (!known.has(identity)) known.set(identity, { node, dialect });
          }
        }
      }
      const broadcast = [...(byVersion.get(BROADCAST)?.values() ?? [])];
      byVersion.delete(BROADCAST);
      return { broadcast, queues: [...byVersion.values()].map((queue) => [...queue.values()]) };
    },
    apply(event) {
      for (const { dialect, roster } of rosters)
        if (event.action === "reset" || event.service.name === dialect.serviceName) roster.apply(event);
    },
    doubt() {
      for (const { roster } of rosters) roster.doubt();
    },
    close() {
      for (const { roster } of rosters) roster.close();
    },
  };
}
