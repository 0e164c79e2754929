import { randomUUID } from "node:crypto";
import { keepRegistered, type Registration, type Registry, type Service } from "../../registry/index.ts";
import type { Group } from "../subscriptions.ts";
import { BROADCAST, type Dialect } from "./dialect.ts";
import type { Directory } from "./directory.ts";

export interface AnnouncementsOptions {
  readonly registry: Registry;
  readonly dialect: Dialect;
  /** Subscribers take events over TLS. */
  readonly secure: boolean;
  /** Told of our own subscribers at once: the watch tells later than `subscribe` promises. */
  readonly directory: Directory;
  readonly onProblem: (line: string) => void;
}

/** The subscriptions of this process as nodes on the registry: one node per topic and queue. */
export interface Announcements {
  /** The subscriptions behind a node id; undefined when they are not ours. */
  groupOf(nodeId: string): Group | undefined;
  /** Once per group, however many members it has. Rejects with the registry's error. */
  announce(group: Group, address: string): Promise<void>;
  /** Off the registry; what is on its way still arrives. */
  leave(group: Group): Promise<void>;
  /** Off the registry, and no longer reachable. */
  withdraw(group: Group): Promise<void>;
  /** Off the registry; what is on its way still arrives. */
  withdrawAll(): Promise<void>;
}

interface Announced {
  readonly record: Service;
  readonly registration: Registration;
}

const TTL_MS = 60_000;
const INTERVAL_MS = 30_000;

export function createAnnouncements(options: AnnouncementsOptions): Announcements {
  const { registry, dialect, secure, directory, onProblem } = options;
  const groups = new Map<string, Group>();
  const announced = new Map<Group, Promise<Announced>>();

  async function register(group: Group, address: string): Promise<Announced> {
    const { topic, queue = BROADCAST } = group;
    const id = nodeId(topic);
    const nodes = [{ id, address, metadata: { broker: "http", secure: String(secure), topic } }];
    const record: Service = { name: dialect.serviceName, version: queue, metadata: {}, endpoints: [], nodes };
    groups.set(id, group); // before anybody can know of it
    try {
      const registration = await keepRegistered({
        registry,
        record: () => record,
        ttlMs: TTL_MS,
        intervalMs: INTERVAL_MS,
        onNotice: (line) => onProblem(`topic ${topic}: ${line}`),
      });
      directory.apply({ action: "create", service: record });
      return { record, registration };
    } catch (error) {
      groups.delete(id);
      throw error;
    }
  }

  async function deregister(group: Group): Promise<void> {
    const known = await announced.get(group)?.catch(() => undefined); // its announcer was told
    announced.delete(group);
    if (known === undefined) return;
    directory.apply({ action: "delete", service: known.record });
    await known.registration.end();
  }

  return {
    groupOf: (id) => groups.get(id),
    async announce(group, address) {
      let announcement = announced.get(group);
      if (announcement === undefined) {
        announcement = register(group, address);
        announced.set(group, announcement);
      }
      try {
        await announcement;
      } catch (error) {
        if (announced.get(group) === announcement) announced.delete(group);
        throw error;
      }
    },
    leave: deregister,
    async withdraw(group) {
      await deregister(group);
      for (const [id, known] of groups) if (known === group) groups.delete(id);
    },
    async withdrawAll() {
      await Promise.all([...announced.keys()].map(deregister));
    },
  };
}

/**
 * `<topic>-<uuid>`, as go-micro. A DNS label holds 63 bytes and the uuid takes 37, so a topic whose last part is longer
 * is cut; publishers go by the node's `topic`, not by its id.
 */
function nodeId(topic: string): string {
  return `${topic.slice(0, 100).replace(/[^.]{27,}$/, (label) => label.slice(0, 26))}-${randomUUID()}`;
}
