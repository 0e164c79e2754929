import { randomUUID } from "node:crypto";
import {
  keepRegistered,
  type Node,
  type Registration,
  type Registry,
  type Service,
} from "../../registry/index.ts";
import type { Group } from "../subscriptions.ts";
import { BROADCAST, DIALECTS } from "./dialect.ts";
import type { Directory } from "./directory.ts";

export interface AnnouncementsOptions {
  readonly registry: Registry;
  /** Subscribers take events over TLS. */
  readonly secure: boolean;
  /** Told of our own subscribers at once: the watch tells later than `subscribe` promises. */
  readonly directory: Directory;
  readonly onProblem: (line: string) => void;
}

/** The subscriptions of this process as nodes on the registry: one per topic and queue, in the words of each dialect. */
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
  const { registry, secure, directory, onProblem } = options;
  const groups = new Map<string, Group>();
  const announced = new Map<Group, Promise<Announced[]>>();

  async function registerAs(serviceName: string, group: Group, nodes: Node[]): Promise<Announced> {
    const { topic, queue = BROADCAST } = group;
    const record: Service = { name: serviceName, version: queue, metadata: {}, endpoints: [], nodes };
    const registration = await keepRegistered({
      registry,
      record: () => record,
      ttlMs: TTL_MS,
      intervalMs: INTERVAL_MS,
      onNotice: (line) => onProblem(`topic ${topic}: ${line}`),
    });
    directory.apply({ action: "create", service: record });
    return { record, registration };
  }

  async function end({ record, registration }: Announced): Promise<void> {
    directory.apply({ action: "delete", service: record });
    await registration.end();
  }

  async function register(group: Group, address: string): Promise<Announced[]> {
    const { topic } = group;
    const id = nodeId(topic);
    const nodes = [{ id, address, metadata: { broker: "http", secure: String(secure), topic } }];
    groups.set(id, group); // before anybody can know of it
    const results = await Promise.allSettled(
      DIALECTS.map(({ serviceName }) => registerAs(serviceName, group, nodes)),
    );
    const done = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    const failed = results.find((result) => result.status === "rejected");
    if (failed === undefined) return done;
    // Heard by some only would be found out by nobody.
    await Promise.all(done.map(end));
    groups.delete(id);
    throw failed.reason;
  }

  async function deregister(group: Group): Promise<void> {
    const known = await announced.get(group)?.catch(() => undefined); // its announcer was told
    announced.delete(group);
    if (known !== undefined) await Promise.all(known.map(end));
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
